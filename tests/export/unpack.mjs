// Restores the packed answer of a file, with the stage's own module: node unpack.mjs STAGE IN OUT.

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [stage, packed, restored] = process.argv.slice(2);
const { unpacked } = await import(new URL("inlined_run.js", pathToFileURL(`${stage}/`)));
const bytes = readFileSync(packed);
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
writeFileSync(restored, new Uint8Array(unpacked(buffer)));

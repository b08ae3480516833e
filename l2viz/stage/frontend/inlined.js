// What a page has in itself, compressed: Plotly's script and a run, where no server is asked.

/**
 * Return the element that holds something; null if the page does not have it in itself.
 *
 * @param {string} name
 */
export function inlined(name) {
  return document.querySelector(`script[data-l2viz-inlined="${name}"]`);
}

/**
 * Return the bytes that an element holds, as base64 of gzip.
 *
 * @param {Element} element
 * @returns {Promise<ArrayBuffer>}
 */
export function inlinedBytes(element) {
  return unzipped(element.textContent?.trim() ?? "");
}

/**
 * @param {string} base64 of gzip
 * @returns {Promise<ArrayBuffer>}
 */
export async function unzipped(base64) {
  const packed = await bytesOf(base64);
  return new Response(packed.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

/**
 * @param {string} base64
 * @returns {Promise<ReadableStream>}
 */
async function bytesOf(base64) {
  const decoder = /** @type {{ fromBase64?: (text: string) => BlobPart }} */ (
    /** @type {unknown} */ (Uint8Array)
  );
  if (decoder.fromBase64) return new Blob([decoder.fromBase64(base64)]).stream();
  // Browsers before 2025 decode it in addresses alone, which takes ten times as long.
  const answer = await fetch(`data:application/gzip;base64,${base64}`);
  if (!answer.body) throw new Error("This browser reads no streams.");
  return answer.body;
}

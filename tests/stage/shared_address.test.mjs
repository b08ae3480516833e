// The address that a class opens on its phones.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  adviceAt,
  atHost,
  isLocal,
  sizeOfText,
} from "../../l2viz/stage/frontend/shared_address.js";

const at = (address, host) => adviceAt(new URL(address), host);

test("names of the machine itself are local, and no others", () => {
  for (const name of ["localhost", "lab.localhost", "127.0.0.1", "127.1.2.3", "0.0.0.0", "[::1]"])
    assert.ok(isLocal(name), name);
  for (const name of ["192.168.1.20", "class.example", "localhost.example", "1127.0.0.1", "[fe80::1]", ""])
    assert.ok(!isLocal(name), name);
});

test("an address moves to another host with its port, path, query and part", () => {
  const address = "http://localhost:8501/class/l2/?charts=gap,norms&points=%5B1%5D#x";
  assert.equal(atHost(address, "192.168.1.20"), address.replace("localhost", "192.168.1.20"));
  assert.equal(atHost("http://localhost/", "10.0.0.1"), "http://10.0.0.1/");
});

test("advice is given at local names alone", () => {
  assert.equal(at("http://192.168.1.20:8501/", null), "");
  assert.equal(at("https://class.example/?lab", null), "");
  assert.match(at("http://localhost:8501/", "192.168.1.20"), /^Phones cannot open localhost, so /);
  assert.equal(
    at("http://127.0.0.1:8502/?lab", null),
    "Phones cannot open 127.0.0.1. Open this page by the machine's network address, for example " +
      "http://192.168.1.20:8502, then phones can follow.",
  );
  assert.match(at("http://localhost/", null), /for example http:\/\/192\.168\.1\.20, then/);
  assert.match(at("file:///home/me/lab.html", null), /^Phones cannot open a file of this computer\. /);
});

test("an address is written as large as it fits", () => {
  const box = { width: 1200, height: 120 };
  assert.equal(sizeOfText(40, box), 40);
  const sizes = [40, 100, 200, 400, 1000, 2000].map((length) => sizeOfText(length, box));
  assert.deepEqual(sizes, [...sizes].sort((one, other) => other - one));
  for (const [i, length] of [40, 100, 200, 400, 1000].entries()) {
    const lines = Math.ceil(length / Math.floor(box.width / (0.602 * sizes[i])));
    assert.ok(lines * 1.3 * sizes[i] <= box.height, `${length} letters of ${sizes[i]} pixels`);
  }
  assert.equal(sizeOfText(2000, { width: 0, height: 0 }), 11);
});

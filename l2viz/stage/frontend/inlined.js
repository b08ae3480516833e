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
export async function inlinedBytes(element) {
  const packed = await fetch(`data:application/gzip;base64,${element.textContent?.trim()}`);
  if (!packed.body) throw new Error("This browser reads no streams.");
  return new Response(packed.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

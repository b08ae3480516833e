// Where saved pictures go: a file, or the clipboard.

/**
 * Draw an SVG as a PNG.
 *
 * @param {string} svg
 * @param {number} scale pixels for each of the SVG's own
 * @returns {Promise<Blob>}
 */
export async function svgToPng(svg, scale) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * scale;
    canvas.height = image.naturalHeight * scale;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    /** @type {Blob | null} */
    const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
    if (!png) throw new Error("The browser has no memory for a picture of this size.");
    return png;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * Put a picture on the clipboard; say in a sentence what came of it.
 *
 * @param {Promise<Blob>} png
 */
export async function copyPicture(png) {
  // Browsers offer it only to pages that are secure: by https, or on the same machine.
  if (!navigator.clipboard?.write || !window.ClipboardItem) {
    png.catch(() => {}); // nobody waits for it
    return "Copying needs an address with https. Save a PNG instead.";
  }
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    return "Copied: paste it into your slides.";
  } catch {
    return "The browser did not allow copying. Save a PNG instead.";
  }
}

/**
 * @param {BlobPart} content
 * @param {string} type
 * @param {string} name
 */
export function download(content, type, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be writing
}

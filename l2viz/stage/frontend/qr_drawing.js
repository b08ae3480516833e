// The QR code of an address, drawn by the library qrcode-generator, which is loaded when it is needed.

const LONGEST = 2_000; // characters; a code of more has modules too small for the back of a room
const QUIET_ZONE = 4; // modules of white around a code, as its standard wants

/**
 * Return the code as an SVG, black on white.
 *
 * Nothing on a screen is torn or stained: at the lowest level of correction the modules are largest.
 *
 * @param {string} address as browsers write it, in ASCII
 */
export async function codeOf(address) {
  if (address.length > LONGEST)
    throw new Error(
      `A QR code holds an address of at most ${LONGEST} characters, and this one has ` +
        `${address.length}. Choose fewer charts, or move fewer points.`,
    );
  const { qrcode } = await import("./qrcode.js");
  const code = qrcode(0, "L");
  code.addData(address);
  code.make();
  return code.createSvgTag({ cellSize: 1, margin: QUIET_ZONE, scalable: true });
}

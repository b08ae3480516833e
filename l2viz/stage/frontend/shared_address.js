// The address that a class opens on its phones, and how large it is written for the back of a room.

const LARGEST = 40; // pixels of the text's size
const SMALLEST = 11;
const LETTER = 0.602; // width of a letter of fixed width, in its size
const LINE = 1.3; // height of a line

/**
 * Tell whether a host is a name of the machine itself, which a phone takes for its own.
 *
 * @param {string} hostname as in `location.hostname`
 */
export function isLocal(hostname) {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1\])$/.test(hostname);
}

/**
 * Return an address at another host of the same server.
 *
 * @param {string} address
 * @param {string} host without its port
 */
export function atHost(address, host) {
  const moved = new URL(address);
  moved.hostname = host;
  return moved.href;
}

/**
 * Say what a class has to know where the page is a file, or open at a local name.
 *
 * @param {{ hostname: string, protocol: string, port: string }} page
 * @param {string | null} host of this machine in its network
 */
export function adviceAt({ hostname, protocol, port }, host) {
  if (!/^https?:$/.test(protocol))
    return "Phones cannot open a file of this computer. Put it on a web server, and open it there.";
  if (!isLocal(hostname)) return "";
  if (host)
    return (
      `Phones cannot open ${hostname}, so the code has this machine's network address. If they do ` +
      "not reach it, open this page at an address that they reach."
    );
  const example = `${protocol}//192.168.1.20${port && `:${port}`}`;
  return (
    `Phones cannot open ${hostname}. Open this page by the machine's network address, for example ` +
    `${example}, then phones can follow.`
  );
}

/**
 * Return the largest size of letters of fixed width with which a text fits, in pixels.
 *
 * @param {number} length of the text, which may break anywhere
 * @param {{ width: number, height: number }} box
 */
export function sizeOfText(length, { width, height }) {
  for (let size = LARGEST; size > SMALLEST; size -= 1) {
    const perLine = Math.floor(width / (LETTER * size));
    if (perLine && Math.ceil(length / perLine) * LINE * size <= height) return size;
  }
  return SMALLEST;
}

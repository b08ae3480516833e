// What of qrcode-generator is used: ../vendored/qrcode.js, which is served beside the stage's scripts.

interface Code {
  addData(text: string): void;
  make(): void;
  createSvgTag(options: { cellSize: number; margin: number; scalable: boolean }): string;
}

/** 0 is the smallest kind into which the data go. */
export function qrcode(kind: 0, correction: "L" | "M" | "Q" | "H"): Code;

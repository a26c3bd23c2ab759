import { CaptureError } from "../../errors/index.ts";

/**
 * Bytes written as hexadecimal digits, as the examples of the specification have them: pairs with or without blanks, several
 * lines, behind each line any text that is no pair, `0x` and offsets of a dump (`0010:`, `00000010  `) passed over. Throws
 * CaptureError QKD_CAPTURE_DAMAGED where there is none, naming the line.
 */
export function hexBytesOf(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const digits = hexBeginning(line);
    if (digits.length % 2 !== 0)
      throw new CaptureError("QKD_CAPTURE_DAMAGED", `line ${index + 1} has half a byte`, {
        context: { line: index + 1 },
        remedy: "give two hexadecimal digits for each byte",
      });
    for (let at = 0; at < digits.length; at += 2) bytes.push(Number.parseInt(digits.slice(at, at + 2), 16));
  }
  if (bytes.length === 0)
    throw new CaptureError(
      "QKD_CAPTURE_DAMAGED",
      "the input is neither a pcapng capture nor hexadecimal digits",
      { remedy: "name a recording, or give frames as hexadecimal digits" },
    );
  return Uint8Array.from(bytes);
}

/** Digits up to the first word of a line that has none. */
function hexBeginning(line: string): string {
  let digits = "";
  for (const word of line
    .replace(/^\s*[0-9a-fA-F]{4,8}(:|\s{2})/, "")
    .trim()
    .split(/[\s,]+/)) {
    const hex = word.replace(/^0x/i, "");
    if (!/^[0-9a-fA-F]+$/.test(hex)) break;
    digits += hex;
  }
  return digits;
}

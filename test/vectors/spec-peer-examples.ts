import { readFileSync } from "node:fs";

/** The text of SPEC-PEER.md. */
export const specPeerText = readFileSync(
  new URL("../../protocol/peer/SPEC-PEER.md", import.meta.url),
  "utf8",
);

/** Bytes of the example of that message in section 10: what stands before the comments. */
export function specPeerExample(name: string): Uint8Array {
  const section = specPeerText.split(new RegExp(`^### Example: \`${name.replace(".", "\\.")}\`$`, "m"))[1];
  const block = section?.split("```")[1];
  if (block === undefined) throw new Error(`SPEC-PEER.md has no example of ${name}`);
  const bytes = block.split("\n").flatMap((line) => lineBytes(line.slice(0, 48).trim()));
  if (bytes.some((byte) => !Number.isInteger(byte))) throw new Error(`the example of ${name} is not bytes`);
  return Uint8Array.from(bytes);
}

/** Bytes of one line: pairs of digits, or one pair and how often it stands there. */
function lineBytes(line: string): number[] {
  const repeated = /^([0-9A-F]{2}) x(\d+)$/.exec(line);
  if (repeated !== null) return new Array(Number(repeated[2])).fill(Number.parseInt(repeated[1] ?? "", 16));
  return line
    .split(" ")
    .filter((text) => text !== "")
    .map((text) => (/^[0-9A-F]{2}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN));
}

/** How many examples there are. */
export const specPeerExampleCount = specPeerText.split(/^### Example: /m).length - 1;

import { readFileSync } from "node:fs";

/** The text of SPEC.md. */
export const specText = readFileSync(new URL("../../protocol/SPEC.md", import.meta.url), "utf8");

/** The bytes of the example with this number in section 11: what stands before the comments. */
export function specExample(number: number): Uint8Array {
  const section = specText.split(new RegExp(`^### 11\\.${number} `, "m"))[1];
  const block = section?.split("```")[1];
  if (block === undefined) throw new Error(`SPEC.md has no example 11.${number}`);
  const bytes = block
    .split("\n")
    .flatMap((line) => line.slice(0, 48).trim().split(" "))
    .filter((text) => text !== "");
  if (bytes.some((text) => !/^[0-9A-F]{2}$/.test(text))) throw new Error(`example 11.${number} is not bytes`);
  return Uint8Array.from(bytes, (text) => Number.parseInt(text, 16));
}

/** How many examples there are. */
export const specExampleCount = specText.split(/^### 11\.\d+ /m).length - 1;

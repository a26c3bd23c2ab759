import { checkArgument, rule } from "../../options/index.ts";

/** Characters that JSON leaves as they are and that could break a line or turn its direction. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text that came over a wire, in quotes and safe on one line of a log. */
export function quoted(text: string): string {
  checkArgument("text", text, rule.anyText("a text"));
  return JSON.stringify(text).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

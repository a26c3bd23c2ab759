/** Control characters, line separators, and marks that turn the direction of text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text that a device sent, safe to put on one line of a terminal or a log: a device is not trusted with our logs. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "\ufffd");
}

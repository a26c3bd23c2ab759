import { InvalidArgumentError } from "commander";

/** Reads an option that counts something: a whole number above zero, at most nine digits. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("a whole number above zero is needed.");
  return Number(text);
}

import { InvalidArgumentError } from "commander";

/** A whole number from 0. */
export function wholeNumber(text: string): number {
  const value = number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError("it is not a whole number from 0.");
  return value;
}

/** A number above 0. */
export function positive(text: string): number {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError("it is not above 0.");
  return value;
}

/** Any finite number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("it is not a number.");
  return value;
}

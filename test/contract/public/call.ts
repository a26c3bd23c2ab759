import { QkdError } from "../../../errors/index.ts";
import { type Given, shown } from "./mistakes.ts";

type Callable = (...given: Given) => unknown;
type Ended = { readonly stop?: () => unknown; readonly close?: () => unknown } | undefined | null;

export const isClass = (one: Callable): boolean => /^class\b/.test(Function.prototype.toString.call(one));

/**
 * Calls a public function as a program without a compiler does, and ends what it started. What is wrong with the
 * outcome, or null: an error of ours is right, and so is a value that `sensible` lets pass.
 */
export async function faultOf(
  one: Callable,
  given: Given,
  sensible: (made: unknown) => boolean = () => true,
): Promise<string | null> {
  try {
    const made = isClass(one) ? Reflect.construct(one, given) : await one(...given);
    await ((made as Ended)?.stop ?? (made as Ended)?.close)?.call(made);
    return sensible(made) ? null : `makes ${shown(made)} of it`;
  } catch (error) {
    if (error instanceof QkdError && error.code !== "QKD_INTERNAL") return null;
    return error instanceof Error ? `${error.name}: ${error.message}` : `throws ${shown(error)}`;
  }
}

import type { FuzzTarget } from "../fuzz-target.ts";

/** A reader that fails after it has answered, in a timer. */
export const target: FuzzTarget = {
  seeds: () => [Uint8Array.of(1)],
  run: async (input) => {
    if (((input[0] ?? 1) & 15) === 3)
      setImmediate(() => {
        throw new TypeError("fails in a timer");
      });
    await new Promise((resolve) => setTimeout(resolve, 1));
  },
};

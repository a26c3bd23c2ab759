import type { FuzzTarget } from "../fuzz-target.ts";

/** A reader that never ends with one input of sixteen. */
export const target: FuzzTarget = {
  seeds: () => [Uint8Array.of(1)],
  run: (input) => {
    while (((input[0] ?? 1) & 15) === 0);
  },
};

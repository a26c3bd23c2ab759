import { ConfigError } from "../../../errors/index.ts";
import { accepted, type FuzzTarget, mustEqual } from "../fuzz-target.ts";

/** A reader with a fault of each kind, which shows that the fuzzer finds such faults from inputs that are far from them. */
export const target: FuzzTarget = {
  seeds: () => [Uint8Array.of(0, 0, 0, 0)],
  run: (input) => {
    const [first = 0, second = 0, third = 0] = input;
    accepted(() => {
      if (first > 200 && second === 7) throw new RangeError("reads past its end");
      if (first > 200 && second === 9) throw new ConfigError("QKD_CONFIG_INVALID", "is refused");
    });
    if (first > 100 && first < 120) mustEqual(Uint8Array.of(third), input, "a planted message");
  },
};

import { chance } from "./chance.ts";
import { changingFrames, codesOf, withCodes } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

/** Eve is no more than a quarter of her fraction added to the error rate, alike in both bases. */
export const paintedEve: Mutation = {
  name: "painted-eve",
  plants: "intercept-resend as 25 % errors on the attacked pulses, whatever basis Eve prefers",
  caughtBy: [14],
  plant: (honest) => (setup) => {
    const attack = setup.controls?.find((control) => control.type === "interceptResend");
    if (attack === undefined) return honest(setup);
    const controls = setup.controls?.filter((control) => control !== attack) ?? [];
    return changingFrames(honest, ({ seed }) => {
      const uniform = chance(seed);
      return (frame) =>
        withCodes(
          frame,
          codesOf(frame).map((code) => (uniform() < attack.fraction / 4 ? code ^ 0x20 : code)),
        );
    })({ ...setup, controls });
  },
};

import type { OpticsControl } from "../../../emulator/index.ts";
import type { Mutation } from "./mutation.ts";

const PERIOD = 2n ** 30n;
/** Gates up to 2^36 and some more. */
const TURNS = 68;

/** After 2^30 gates everything begins again: as many equal optics, one behind the other. */
export const shortPeriod: Mutation = {
  name: "short-period",
  plants: "all settings repeat after 2^30 gates",
  caughtBy: [22],
  plant: (honest) => async (setup) => {
    const turns = await Promise.all(
      Array.from({ length: setup.truth === true ? 1 : TURNS }, () => honest(setup)),
    );
    const controls: OpticsControl[] = [];
    let turn = 0;
    const now = () => turns[turn]!;
    return {
      nextFrame(limits) {
        if (now().gate >= PERIOD && turn + 1 < turns.length) {
          turn++;
          for (const control of controls) now().control(control);
        }
        const left = PERIOD - now().gate;
        const frame = now().nextFrame(left < limits.maxGates ? { ...limits, maxGates: left } : limits);
        return { ...frame, firstGate: frame.firstGate + BigInt(turn) * PERIOD };
      },
      control(control) {
        // Only the last word on each thing counts in the next turn.
        const same = controls.findIndex(({ type }) => type === control.type);
        if (same >= 0) controls.splice(same, 1);
        controls.push(control);
        now().control(control);
      },
      get gate() {
        return now().gate + BigInt(turn) * PERIOD;
      },
      get conditions() {
        return now().conditions;
      },
    };
  },
};

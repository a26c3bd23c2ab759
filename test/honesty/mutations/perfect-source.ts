import type { OpticsControl } from "../../../emulator/index.ts";
import type { Mutation } from "./mutation.ts";

const ignored = ({ type }: OpticsControl) => type === "intensityJitter" || type === "patternEffect";

export const perfectSource: Mutation = {
  name: "perfect-source",
  plants: "jitter and pattern effect of the source that are set and do nothing",
  caughtBy: [25],
  plant: (honest) => async (setup) => {
    const optics = await honest({
      ...setup,
      controls: (setup.controls ?? []).filter((one) => !ignored(one)),
    });
    return {
      nextFrame: (limits) => optics.nextFrame(limits),
      control: (control) => (ignored(control) ? undefined : optics.control(control)),
      get gate() {
        return optics.gate;
      },
      get conditions() {
        return optics.conditions;
      },
    };
  },
};

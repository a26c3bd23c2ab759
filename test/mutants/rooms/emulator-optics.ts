import type { Breach } from "../breach.ts";

/** What the light and its instruments have to be honest about, broken. */
export const EMULATOR_OPTICS: readonly Breach[] = [
  {
    id: "emulator/gates-open-the-other-way",
    file: "emulator/optics/effects/gate-window.ts",
    find: "arrivalPs + timeShiftPs - gateSetting.delayPs",
    replace: "arrivalPs + timeShiftPs + gateSetting.delayPs",
    meaning: "gates that are set to open later meet earlier pulses",
    tests: ["emulator/optics/effects/gate-window.test.ts"],
  },
  {
    id: "emulator/skew-of-its-own",
    file: "emulator/optics/effects/gate-window.ts",
    find: "detectorSkewPs + gateSetting.skewPs",
    replace: "detectorSkewPs",
    meaning: "what is set against a skew does nothing to the light",
    tests: ["emulator/optics/effects/gate-window.test.ts"],
  },
  {
    id: "emulator/phase-setting-adds",
    file: "emulator/optics/effects/interferometer.ts",
    find: "modeHopRad - phaseSettingRad",
    replace: "modeHopRad + phaseSettingRad",
    meaning: "a phase set against an error doubles it",
    tests: ["emulator/optics/effects/gate-window.test.ts"],
  },
];

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
  {
    id: "emulator/readings-over-gates",
    file: "emulator/device/transceiver-device.ts",
    find: "this.#statistics.add(statistics, Math.max(0, this.#uptimeMs - this.#countedMs) / 1000);",
    replace: "this.#statistics.add(statistics);",
    meaning: "between key exchanges readings lag by as much as probes are short",
    tests: ["test/integration/readings-follow-link-time.test.ts"],
  },
  {
    id: "emulator/readings-outlive-settings",
    file: "emulator/device/transceiver-device.ts",
    find: "  settingChanged(): void {\n    this.#statistics.clear();\n",
    replace: "  settingChanged(): void {\n",
    meaning: "what was counted under another setting is told as if it were of this one",
    tests: ["test/integration/readings-follow-link-time.test.ts"],
  },
];

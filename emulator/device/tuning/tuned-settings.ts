import type { ParameterName } from "../../../protocol/index.ts";
import type { ParameterStore } from "../parameters/parameter-store.ts";
import type { ScanControl } from "../scans/scan.ts";
import type { TuneTarget } from "./control-law.ts";

/** The parameters that a target moves: the second one, where there is one, by as much the other way. */
export const TUNED_PARAMETERS: Readonly<Record<TuneTarget, readonly ParameterName[]>> = {
  delay: ["gateDelayPs"],
  phase: ["phaseOffsetRad"],
  modulator: ["modulatorBiasOffsetV"],
  bias: ["detector0BiasTrimV", "detector1BiasTrimV"],
};

/** The parameters' values with a target moved by so much. */
export function movedValues(
  target: TuneTarget,
  settings: ParameterStore,
  by: number,
): readonly { readonly name: ParameterName; readonly value: number }[] {
  return TUNED_PARAMETERS[target].map((name, index) => ({
    name,
    value: settings.number(name) + (index === 0 ? by : -by),
  }));
}

/** The control that makes the light obey them. */
export function movedControl(target: TuneTarget, settings: ParameterStore, by: number): ScanControl {
  const [first, second] = movedValues(target, settings, by).map(({ value }) => value);
  switch (target) {
    case "delay":
      return { type: "gateSetting", delayPs: first ?? 0, skewPs: settings.number("gateSkewPs") };
    case "phase":
      return { type: "phaseSetting", radian: first ?? 0 };
    case "modulator":
      return { type: "modulatorSetting", volt: first ?? 0 };
    case "bias":
      return { type: "biasTrim", volt: [first ?? 0, second ?? 0] };
  }
}

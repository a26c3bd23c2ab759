import type { ParameterName } from "../../../protocol/index.ts";
import type { ParameterStore } from "../parameters/parameter-store.ts";
import { delayCentre } from "../scans/delay-scan.ts";
import { workingPoint } from "../scans/modulator-scan.ts";
import { fringe, matchedErrors } from "../scans/phase-scan.ts";
import { around, type NothingFound, type ScanControl, type ScanPoint } from "../scans/scan.ts";
import type { CalibrationStep, StepFinding } from "./calibration-run.ts";

const DELAY_REACH_PS = 200;
const DELAY_POINTS = 21;
const PHASE_POINTS = 17;
const MODULATOR_REACH_V = 1;
const MODULATOR_POINTS = 9;
/** Detections in matching bases that tell errors from chance, and errors beyond which it is chance. */
const LEAST_MATCHED = 30;
const MOST_ERRORS = 0.3;
/** An interferometer whose fringe shows less is not in order, whatever its phase. */
const LEAST_VISIBILITY = 0.9;

/** A step that moves a setting, counts the light and judges the curve. */
export interface CalibrationScan {
  /** A point without a control is counted at the present settings. */
  readonly points: readonly { readonly x: number; readonly control?: ScanControl }[];
  judge(points: readonly ScanPoint[]): StepFinding;
}

/** The scan of a step around the present settings, or undefined for a step without one. */
export function calibrationScan(
  step: CalibrationStep,
  settings: ParameterStore,
): CalibrationScan | undefined {
  switch (step) {
    case "detectorGates":
      return gateScan(settings);
    case "finePhaseShift":
      return phaseScan(settings);
    case "modulatorBias":
      return modulatorScan(settings);
    case "coarseDelayModulo":
    case "coarseDelayAbsolute":
      return GATE_COUNT;
    default:
      return undefined;
  }
}

/** Whether both ends speak of the same gates: bits of other gates differ by chance. */
const GATE_COUNT: CalibrationScan = {
  points: [{ x: 0 }],
  judge([point]) {
    const { matched, errors } = matchedErrors(point?.counted.cells ?? []);
    if (matched < LEAST_MATCHED) return failed("", "too few detections to compare the gates by");
    const share = errors / matched;
    if (share > MOST_ERRORS) return failed("", "both ends count different gates");
    return { outcome: "passed", value: share, unit: "", text: "both ends count the same gates", sets: [] };
  },
};

function gateScan(settings: ParameterStore): CalibrationScan {
  const skewPs = settings.number("gateSkewPs");
  const present = settings.number("gateDelayPs");
  return {
    points: around(present, DELAY_REACH_PS, DELAY_POINTS).map((x) => ({
      x,
      control: { type: "gateSetting", delayPs: x, skewPs },
    })),
    judge(points) {
      const [zero, one] = [delayCentre(points, 0), delayCentre(points, 1)];
      if ("why" in zero) return failed("ps", `detector 0: ${zero.why}`);
      if ("why" in one) return failed("ps", `detector 1: ${one.why}`);
      const delay = (zero.at + one.at) / 2;
      const skew = skewPs + one.at - zero.at;
      const uncertainty = Math.hypot(zero.uncertainty, one.uncertainty) / 2;
      const sets = [
        ...moved("gateDelayPs", settings, delay, uncertainty, 10),
        ...moved("gateSkewPs", settings, skew, 2 * uncertainty, 10),
      ];
      return {
        outcome: "passed",
        value: delay,
        unit: "ps",
        text: `gates at ${delay.toFixed(1)} ps, skew ${skew.toFixed(1)} ps, each +-${(2 * uncertainty).toFixed(1)} ps`,
        sets,
      };
    },
  };
}

function phaseScan(settings: ParameterStore): CalibrationScan {
  return {
    points: around(0, Math.PI, PHASE_POINTS).map((x) => ({
      x,
      control: { type: "phaseSetting", radian: x },
    })),
    judge(points) {
      const found = fringe(points);
      if ("why" in found) return failed("rad", found.why);
      const { at, uncertainty, visibility } = found;
      if (visibility < LEAST_VISIBILITY)
        return failed("rad", `the visibility stays too low: ${visibility.toFixed(3)}`);
      return {
        outcome: "passed",
        value: at,
        unit: "rad",
        text: `phase at ${at.toFixed(3)} rad +-${(2 * uncertainty).toFixed(3)} rad, visibility ${visibility.toFixed(3)}`,
        sets: moved("phaseOffsetRad", settings, at, uncertainty, 1000),
      };
    },
  };
}

function modulatorScan(settings: ParameterStore): CalibrationScan {
  const present = settings.number("modulatorBiasOffsetV");
  const intensities = (["meanPhotonsU", "meanPhotonsV", "meanPhotonsW"] as const).map((name) =>
    settings.number(name),
  ) as [number, number, number];
  return {
    points: around(present, MODULATOR_REACH_V, MODULATOR_POINTS).map((x) => ({
      x,
      control: { type: "modulatorSetting", volt: x },
    })),
    judge(points) {
      const found: ReturnType<typeof workingPoint> = workingPoint(points, intensities);
      if ("why" in found) return failed("V", found.why);
      return {
        outcome: "passed",
        value: found.at,
        unit: "V",
        text: `working point at ${found.at.toFixed(2)} V +-${(2 * found.uncertainty).toFixed(2)} V`,
        sets: moved("modulatorBiasOffsetV", settings, found.at, found.uncertainty, 1000),
      };
    },
  };
}

/** What the parameter is to be set to: nothing where it stands within twice the uncertainty already. */
function moved(
  name: ParameterName,
  settings: ParameterStore,
  found: number,
  uncertainty: number,
  stepsPerUnit: number,
): { readonly name: ParameterName; readonly value: number }[] {
  if (Math.abs(found - settings.number(name)) <= 2 * uncertainty) return [];
  return [{ name, value: Math.round(found * stepsPerUnit) / stepsPerUnit }];
}

const failed = (unit: string, text: NothingFound["why"]): StepFinding => ({
  outcome: "failed",
  value: 0,
  unit,
  text,
  sets: [],
});

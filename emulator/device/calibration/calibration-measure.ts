import type { ParameterName, RegisterValues } from "../../../protocol/index.ts";
import type { DeviceProfile } from "../device-profile.ts";
import type { DeviceWorld } from "../device-world.ts";
import type { LinkReadings } from "../keys/link-readings.ts";
import type { ParameterStore } from "../parameters/parameter-store.ts";
import type { ScanPoint } from "../scans/scan.ts";
import {
  type CalibrationMeasure,
  type CalibrationStep,
  type CalibrationVariant,
  type StepFinding,
  TICKS_PER_STEP,
} from "./calibration-run.ts";
import { type CalibrationScan, calibrationScan } from "./calibration-scan.ts";
import { measureStep } from "./step-findings.ts";

/** Seconds of a look of the device. */
const TICK_S = 0.1;
/** Detections of a point beyond which more would be more exact than anything else in the device. */
const MOST_DETECTIONS = 1 << 17;

/** What a calibration needs of its device. */
export interface CalibratedDevice {
  readonly settings: { readonly store: ParameterStore };
  readonly world: Pick<DeviceWorld, "sample" | "surroundings" | "mayScan">;
  readonly profile: Pick<DeviceProfile, "clockHz">;
  readonly values: RegisterValues;
  readonly light: { readonly readings: LinkReadings | null };
  /** Takes a setting that a step has found. */
  found(name: ParameterName, value: number): void;
}

/** Whether any of the steps counts light. */
export function countsLight(steps: readonly CalibrationStep[], settings: ParameterStore): boolean {
  return steps.some((step) => calibrationScan(step, settings) !== undefined);
}

/** Looks at a device as a run of this variant does: each scan takes the link time of its step. */
export function calibrationMeasure(
  device: CalibratedDevice,
  variant: CalibrationVariant,
): CalibrationMeasure {
  return {
    scan(step) {
      const scan = calibrationScan(step, device.settings.store);
      if (scan === undefined) return undefined;
      const gates = (device.profile.clockHz * TICK_S * TICKS_PER_STEP[variant]) / scan.points.length;
      return counted(scan, device.world, Math.max(1, gates));
    },
    judge: (step) =>
      measureStep(step, device.values, device.light.readings, device.world.surroundings.backgroundPerGate),
  };
}

async function counted(
  { points, judge }: CalibrationScan,
  world: CalibratedDevice["world"],
  gates: number,
): Promise<StepFinding> {
  const seen: ScanPoint[] = [];
  for (const { x, control } of points) {
    const controls = control === undefined ? [] : [control];
    seen.push({ x, counted: await world.sample(controls, { gates, detections: MOST_DETECTIONS }) });
  }
  return judge(seen);
}

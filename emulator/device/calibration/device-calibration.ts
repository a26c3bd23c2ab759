import type { EventOf } from "../../../protocol/index.ts";
import { type CalibratedDevice, calibrationMeasure, countsLight } from "./calibration-measure.ts";
import {
  type CalibrationReport,
  CalibrationRun,
  type CalibrationStep,
  type CalibrationVariant,
} from "./calibration-run.ts";

/** What connected drivers are told. */
export type CalibrationEvent =
  | { readonly name: "calibrationProgress"; readonly event: EventOf<"calibrationProgress"> }
  | { readonly name: "calibrationResult"; readonly event: EventOf<"calibrationResult"> };

/** What a tick of a calibration brings. */
export interface CalibrationTick {
  readonly events: readonly CalibrationEvent[];
  /** The run is through: whether it passed, and in words. */
  readonly ended?: { readonly passed: boolean; readonly text: string };
}

const NOTHING: CalibrationTick = { events: [] };

/** The calibration of one device: at most one run at a time, each with a number of its own. */
export class DeviceCalibration {
  readonly #device: CalibratedDevice;
  #run: CalibrationRun | undefined;
  #runs = 0;

  constructor(device: CalibratedDevice) {
    this.#device = device;
  }

  /** Starts a run. Returns its number. Throws Refusal busy where the light that it has to count is needed elsewhere. */
  start(steps: readonly CalibrationStep[], variant: CalibrationVariant): number {
    if (countsLight(steps, this.#device.settings.store)) this.#device.world.mayScan();
    this.#runs += 1;
    this.#run = new CalibrationRun(this.#runs, steps, variant, calibrationMeasure(this.#device, variant));
    return this.#runs;
  }

  /** One tick further. */
  tick(): CalibrationTick {
    const run = this.#run;
    if (run === undefined) return NOTHING;
    const reports = run.tick();
    const events = reports.map((report) => eventOf(run.number, report));
    const sets = reports.flatMap((report) => (report.kind === "result" ? report.sets : []));
    for (const { name, value } of sets) this.#device.found(name, value);
    const last = reports.find((report) => report.kind === "result" && report.step === "all");
    if (last?.kind !== "result") return { events };
    this.#run = undefined;
    return { events, ended: { passed: last.outcome === "passed", text: last.text } };
  }

  /** Ends the run early, as a reset or a fault does. */
  abort(): readonly CalibrationEvent[] {
    const run = this.#run;
    this.#run = undefined;
    return run?.abort().map((report) => eventOf(run.number, report)) ?? [];
  }
}

function eventOf(run: number, report: CalibrationReport): CalibrationEvent {
  if (report.kind === "progress") {
    const { kind: _kind, ...progress } = report;
    return { name: "calibrationProgress", event: { run, ...progress } };
  }
  const { kind: _kind, sets: _sets, ...result } = report;
  return { name: "calibrationResult", event: { run, ...result } };
}

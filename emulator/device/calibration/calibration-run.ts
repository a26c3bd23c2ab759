import type {
  CALIBRATION_OUTCOMES,
  CALIBRATION_STEPS,
  CALIBRATION_VARIANTS,
  ParameterName,
} from "../../../protocol/index.ts";
import type { Role } from "../device-profile.ts";

/** A step of calibration, or all. */
export type CalibrationStep = keyof typeof CALIBRATION_STEPS;
/** How thoroughly it runs. */
export type CalibrationVariant = keyof typeof CALIBRATION_VARIANTS;

/** The steps that a role has, in the order of commissioning. */
export const STEPS_OF_ROLE: Readonly<Record<Role, readonly CalibrationStep[]>> = {
  qtx: [
    "init",
    "laser",
    "globalCounterSync",
    "attenuator",
    "modulatorBias",
    "photonsPerPulse",
    "zeroPosition",
  ],
  qrx: [
    "init",
    "globalCounterSync",
    "receiverPolarisation",
    "detectorGates",
    "finePhaseShift",
    "coarseDelayModulo",
    "coarseDelayAbsolute",
    "zeroPosition",
  ],
};

/** What a finished step found. */
export interface StepFinding {
  readonly outcome: keyof typeof CALIBRATION_OUTCOMES;
  readonly value: number;
  readonly unit: string;
  readonly text: string;
  /** Settings that the step found better than the present ones. */
  readonly sets: readonly { readonly name: ParameterName; readonly value: number }[];
}

/** How a run looks at its device. */
export interface CalibrationMeasure {
  /** Counts what the step has to count and judges it, from the step's beginning on; undefined for a step that counts nothing. */
  scan(step: CalibrationStep): Promise<StepFinding> | undefined;
  /** Judges the device by its readings when a step is through; undefined while it has none yet. */
  judge(step: CalibrationStep): StepFinding | undefined;
}

/** What the run wants to tell. A result with step `all` is the last one. */
export type CalibrationReport =
  | {
      readonly kind: "progress";
      readonly step: CalibrationStep;
      readonly percent: number;
      readonly text: string;
    }
  | ({ readonly kind: "result"; readonly step: CalibrationStep } & StepFinding);

/** Looks of the device, a tenth of a second each, that a step lasts at least. */
export const TICKS_PER_STEP: Readonly<Record<CalibrationVariant, number>> = { first: 8, full: 4, fast: 1 };

/** One calibration run, moved on by the device's tick. */
export class CalibrationRun {
  readonly number: number;
  readonly #steps: readonly CalibrationStep[];
  readonly #ticksPerStep: number;
  readonly #measure: CalibrationMeasure;
  #step = 0;
  #tick = 0;
  #finished = false;
  /** What the present step counts: its finding once it is there. */
  #scan: { finding?: StepFinding } | undefined;

  constructor(
    number: number,
    steps: readonly CalibrationStep[],
    variant: CalibrationVariant,
    measure: CalibrationMeasure,
  ) {
    this.number = number;
    this.#steps = steps;
    this.#ticksPerStep = TICKS_PER_STEP[variant];
    this.#measure = measure;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** Ends the run early, as a reset does. */
  abort(): CalibrationReport[] {
    this.#finished = true;
    const step = this.#steps[this.#step] ?? "all";
    return [
      {
        kind: "result",
        step: "all",
        outcome: "aborted",
        value: 0,
        unit: "",
        text: `aborted in ${step}`,
        sets: [],
      },
    ];
  }

  /** One tick further. */
  tick(): CalibrationReport[] {
    const step = this.#steps[this.#step];
    if (this.#finished || step === undefined) return [];
    if (this.#tick === 0) this.#begin(step);
    // A step that still counts waits at its end.
    const last = this.#tick + 1 === this.#ticksPerStep;
    const finding = last ? this.#finding(step) : undefined;
    if (last && finding === undefined) return [];
    this.#tick += 1;
    const percent = Math.round((100 * this.#tick) / this.#ticksPerStep);
    const reports: CalibrationReport[] = [{ kind: "progress", step, percent, text: `${step}: ${percent} %` }];
    if (finding === undefined) return reports;
    reports.push({ kind: "result", step, ...finding });
    this.#step += 1;
    this.#tick = 0;
    this.#scan = undefined;
    if (finding.outcome !== "passed")
      reports.push(this.#end("failed", `calibration failed in ${step}: ${finding.text}`));
    else if (this.#step === this.#steps.length) reports.push(this.#end("passed", "every step passed"));
    return reports;
  }

  #finding(step: CalibrationStep): StepFinding | undefined {
    return this.#scan === undefined ? this.#measure.judge(step) : this.#scan.finding;
  }

  #begin(step: CalibrationStep): void {
    if (this.#scan !== undefined) return;
    const counting = this.#measure.scan(step);
    if (counting === undefined) return;
    const scan: { finding?: StepFinding } = {};
    this.#scan = scan;
    counting.then(
      (finding) => {
        scan.finding = finding;
      },
      (error: Error) => {
        scan.finding = { outcome: "failed", value: 0, unit: "", text: error.message, sets: [] };
      },
    );
  }

  #end(outcome: "passed" | "failed", text: string): CalibrationReport {
    this.#finished = true;
    return { kind: "result", step: "all", outcome, value: 0, unit: "", text, sets: [] };
  }
}

import type { Plot } from "./plot.ts";
import type { Language } from "./texts/language.ts";
import type { LimitRange, Quantity, Verdict } from "./verdict.ts";

/** Where a limit comes from: preset, fibre plan, closed form, device range, trade practice, operator. */
export const ORIGINS = ["P", "F", "C", "D", "T", "O"] as const;
export type Origin = (typeof ORIGINS)[number];

/** `notApplicable`: the plan says that the link has no such thing, or the unit cannot be asked; it does not count. */
export type CheckVerdict = Verdict | "notApplicable";

export interface CheckLimit extends LimitRange {
  readonly origin: Origin;
  /** What exactly the limit is derived from, in words. */
  readonly ref: string;
}

/** One comparison of a measured value with a limit. */
export interface Check {
  /** Stable name, the same in every language. */
  readonly id: string;
  readonly name: string;
  readonly measured: Quantity | null;
  readonly limit: CheckLimit | null;
  /** How far inside the nearer limit, in the unit measured; negative outside; null where nothing was judged. */
  readonly margin: number | null;
  readonly U: number | null;
  readonly verdict: CheckVerdict;
  /** In words, where numbers alone do not say it ("equal", "passed"). */
  readonly shown: { readonly measured: string; readonly limit: string } | null;
  /** Why it is unknown or does not apply. */
  readonly reason: string | null;
}

/** A setting that a step changed, and whether it was put back. */
export interface SettingChange {
  readonly unit: "alice" | "bob";
  readonly name: string;
  readonly unitOfValue: string;
  readonly found: string;
  readonly during: readonly string[];
  readonly left: string;
  readonly restored: boolean;
}

export interface StepResult {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly verdict: CheckVerdict;
  readonly reason: string | null;
  readonly attempt: number;
  readonly startedUtc: string;
  readonly endedUtc: string;
  readonly durationS: number;
  readonly checks: readonly Check[];
  readonly settings: readonly SettingChange[];
  /** Names of raw files. */
  readonly evidence: readonly string[];
  readonly plots: readonly Plot[];
  /** What was found, in one sentence, and what to do; null where nothing is wrong. */
  readonly finding: string | null;
  readonly remedy: string | null;
}

export interface UnitIdentity {
  readonly role: "alice" | "bob";
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly hardware: string;
  readonly calibratedOn: string | null;
  readonly calibrationDueOn: string | null;
  /** Parts with serial numbers of their own. */
  readonly parts: readonly { readonly name: string; readonly model: string; readonly serial: string }[];
  /** Settings as found, each with its unit. */
  readonly parameters: readonly { readonly name: string; readonly value: string; readonly unit: string }[];
}

export interface Instrument {
  readonly kind: string;
  readonly serial: string;
  readonly usedIn: readonly number[];
  readonly calibratedOn: string | null;
  readonly dueOn: string | null;
}

/** One part of the fibre, from Alice to Bob, as it was built. */
export interface LinkElement {
  readonly kind: "span" | "connector" | "splice" | "mux" | "other";
  readonly name: string;
  readonly detail: string;
  readonly lossDb: number | null;
  readonly limitDb: number;
}

export interface ReportedLink {
  readonly linkId: string;
  readonly name: string;
  readonly preset: string;
  readonly clockHz: number;
  readonly lengthKm: number | null;
  readonly plan: { readonly file: string; readonly sha256: string } | null;
  readonly elements: readonly LinkElement[];
  readonly lossLimitDb: number | null;
  readonly channels: readonly string[];
}

export interface Signer {
  readonly role: "operator" | "witness";
  readonly name: string;
  /** Raw Ed25519 public key, 32 bytes in hexadecimal. */
  readonly publicKey: string;
}

export interface RawFile {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Lines of data, null where the file has none. */
  readonly rows: number | null;
}

export interface SoakFigures {
  readonly durationS: number;
  readonly meanRateBps: number;
  readonly uptimeShare: number;
  readonly qberInLimitShare: number;
  readonly erroredSeconds: number;
  readonly severelyErroredSeconds: number;
  readonly downtimeS: number;
}

/** An acceptance report. `report.html` is a pure function of it. */
export interface Report {
  readonly schema: "qkdlink-report/1";
  readonly id: string;
  readonly language: Language;
  readonly startedUtc: string;
  readonly endedUtc: string;
  readonly verdict: Verdict;
  /** The check nearest to its limit. */
  readonly worstMargin: { readonly step: number; readonly check: string } | null;
  readonly operator: { readonly name: string; readonly site: string } | null;
  readonly witness: { readonly name: string; readonly site: string } | null;
  /** Who signs the manifest; a signature of each has to be in `report.sig`. */
  readonly signers: readonly Signer[];
  readonly sites: { readonly alice: string; readonly bob: string };
  readonly link: ReportedLink;
  readonly units: readonly UnitIdentity[];
  readonly instruments: readonly Instrument[];
  /** `renderer` numbers the form of report.html: the same number makes the same page. */
  readonly tool: {
    readonly name: string;
    readonly version: string;
    readonly renderer: number;
    readonly model: string;
  };
  readonly conditions: readonly { readonly name: string; readonly text: string }[];
  readonly steps: readonly StepResult[];
  readonly kpi: SoakFigures | null;
  readonly raw: readonly RawFile[];
  /** Steps that were left out on request, with the reason. */
  readonly skipped: readonly { readonly number: number; readonly reason: string }[];
  readonly raisedAlarms: readonly number[];
  readonly untestedAlarms: readonly number[];
  /** Identity of the report that this one was compared with. */
  readonly baseline: { readonly id: string; readonly sha256: string } | null;
}

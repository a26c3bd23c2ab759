import { healthIndicators } from "../../controller/index.ts";
import { type BaselineFile, type Explanation, explain, lookAtAll } from "../../diagnosis/index.ts";
import { loadBaseline, usualBaselinePath } from "./baseline-file.ts";
import type { LinkUnits } from "./look-collector.ts";
import { nothingSeen } from "./nothing-seen.ts";
import type { RegistersOfLink } from "./registers-of-link.ts";
import { watchUnits } from "./watch-units.ts";

/** What a look found, with what it was held against. */
export interface Diagnosis {
  readonly explanation: Explanation;
  readonly indicators: readonly { readonly name: string; readonly evidence: string }[];
  readonly baseline: { readonly path: string; readonly learntUtc: string };
  /** How many frames matched at both ends; null where no frames were looked at. */
  readonly frames: { readonly paired: number; readonly unlike: number } | null;
}

/** How a link is looked at. */
export interface LookAs {
  /** Of the baseline; the link's usual one by default. */
  readonly path?: string;
  readonly forS: number;
  readonly signal: AbortSignal;
  readonly told: (passedS: number, gates: number) => void;
}

/** Diagnoses a link by frames of a key exchange of its own, and by the instruments. */
export async function diagnoseUnits(units: LinkUnits, look: LookAs): Promise<Diagnosis> {
  const { linkId, clockHz } = units.alice.device.identity;
  const { path, file } = baselineOf(linkId, look.path);
  const collected = await watchUnits(units, look.forS, look.signal, look.told);
  const { frames } = collected;
  if (frames.paired + frames.unlike === 0) throw nothingSeen();
  const now = lookAtAll(collected, clockHz);
  const indicators = healthIndicators(file.baseline, collected.slices, now);
  const explanation = explain(file.baseline, now, { indicators: indicators.map(({ name }) => name) });
  return { explanation, indicators, frames, baseline: { path, learntUtc: file.learntUtc } };
}

/** Diagnoses a link by what its units say of themselves, whatever else they do. */
export async function diagnoseRegisters(registers: RegistersOfLink, look: LookAs): Promise<Diagnosis> {
  const { path, file } = baselineOf(registers.linkId, look.path);
  const now = await registers.look(look.forS, file.clockHz, (passedS) => look.told(passedS, 0));
  const indicators = healthIndicators(file.baseline, [], now);
  const explanation = explain(file.baseline, now, { indicators: indicators.map(({ name }) => name) });
  return { explanation, indicators, frames: null, baseline: { path, learntUtc: file.learntUtc } };
}

function baselineOf(linkId: string, named: string | undefined): { path: string; file: BaselineFile } {
  const path = named ?? usualBaselinePath(linkId);
  return { path, file: loadBaseline(path, linkId) };
}

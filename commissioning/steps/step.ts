import type { ParameterName } from "../../protocol/index.ts";
import type { Plot, Say, TextId } from "../../report/index.ts";
import type { Cell } from "../evidence/csv.ts";
import type { Judgement, Judging } from "../limits/judgement.ts";
import type { LinkPlan } from "../plan/link-plan.ts";
import type { Sites } from "../sites/open-sites.ts";
import type { SettingValue, Site, Unit } from "../units/unit.ts";
import type { Known } from "./known.ts";

/** Something that a person does at the link, or an emulator's control port in place of one. */
export type HandsAct =
  | { readonly act: "channelsOff" }
  | { readonly act: "channelsOn" }
  | { readonly act: "channelAlone"; readonly channel: string }
  | { readonly act: "fibreOut" }
  | { readonly act: "fibreIn" };

/** Whoever does what has to be done by hand; false where it was not done. */
export interface Hands {
  do(act: HandsAct, step: number): Promise<boolean>;
}

/** What a step works with. */
export interface StepContext {
  readonly alice: Unit;
  readonly bob: Unit;
  /** Both units, Alice first. */
  readonly units: readonly [Unit, Unit];
  readonly plan: LinkPlan;
  readonly say: Say;
  readonly judging: Judging;
  /** What earlier steps have found. */
  readonly known: Known;
  readonly hands: Hands;
  readonly signal: AbortSignal;
  readonly options: StepOptions;
  /** Sets a parameter until the end of the step; the value found is durable before. */
  set(unit: Unit, name: ParameterName, value: SettingValue): Promise<SettingValue>;
  /** Both sites' controllers over these units; started at the first call, stopped before a step that has to have idle units. */
  sites(): Promise<Sites>;
  /** What digests of this report are salted with. */
  readonly salt: string;
  /** Writes a table of evidence, named after the step. */
  table(name: string, head: readonly string[], rows: readonly (readonly Cell[])[]): void;
}

export interface StepOptions {
  readonly soakS: number;
}

/** What a step came to. */
export interface StepOutcome {
  readonly judgements: readonly Judgement[];
  readonly plots?: readonly Plot[];
  /** Why the step as a whole does not apply here, where it has no checks. */
  readonly apart?: string;
}

/** One step of commissioning. */
export interface Step {
  readonly id: string;
  readonly number: number;
  readonly name: TextId;
  /** Steps that have to have passed, at least marginally. */
  readonly needs: readonly number[];
  /** Works with both sites' controllers; for all other steps the units have to be idle. */
  readonly withSites?: true;
  run(context: StepContext): Promise<StepOutcome>;
}

/** A check's name for one of the units. */
export const atSite = (site: Site): "Alice" | "Bob" => (site === "alice" ? "Alice" : "Bob");

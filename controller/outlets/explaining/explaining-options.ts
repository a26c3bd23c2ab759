import type { OpenedTransceiver } from "../../../drivers/index.ts";
import type { QkdError } from "../../../errors/index.ts";
import { maybe, type RulesOf, rule } from "../../../options/index.ts";
import type { Controller } from "../../link/controller.ts";
import { type DistillationSettings, SETTINGS_RULES } from "../../sources/distillation/index.ts";

/** What is looked at of a site; nothing of it is touched. */
export type ExplainedSite = Pick<Controller, "state$" | "blocks$" | "progress$">;

/** What is looked at of its unit. */
export type ExplainedUnit = Pick<OpenedTransceiver, "identity" | "rawKeys$" | "telemetry" | "getParameter">;

/** How a running site explains itself. */
export interface ExplainingOptions {
  readonly site: ExplainedSite;
  readonly transceiver: ExplainedUnit;
  /** Path of the site's key store: what is learnt of the link is kept beside it. */
  readonly store: string;
  readonly distillation: DistillationSettings;
  /** File of the healthy link that `explain --learn` wrote; without it the running link's first hour is learnt. */
  readonly baseline?: string;
  /** One look, seconds; default 30. */
  readonly lookS?: number;
  /** How long the link is learnt where there is no baseline, seconds in which it was up; default 3600. */
  readonly learnS?: number;
  /** Told of what went wrong and is survived. */
  readonly failed: (error: QkdError) => void;
}

const LONGEST_S = 86_400;

const STREAM = rule.having(["subscribe"], "an Observable");

/** The form of the options of an explainer. */
export const EXPLAINING_RULES: RulesOf<ExplainingOptions> = {
  site: rule.like({ state$: STREAM, blocks$: STREAM, progress$: STREAM }, "a controller"),
  transceiver: rule.having(["getParameter"], "an open transceiver"),
  store: rule.text("the path of a database file"),
  distillation: rule.object<DistillationSettings>(SETTINGS_RULES),
  baseline: maybe(rule.text("the path of a file")),
  lookS: maybe(rule.number(0.1, LONGEST_S)),
  learnS: maybe(rule.number(0.1, LONGEST_S)),
  failed: rule.callback,
};

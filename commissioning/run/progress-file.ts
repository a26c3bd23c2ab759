import { CommissionError, fileReason } from "../../errors/index.ts";
import { checkOptions, type RulesOf, rule } from "../../options/index.ts";
import type { StepResult } from "../../report/index.ts";
import type { ReportFolder } from "../evidence/report-folder.ts";
import type { Known } from "../steps/known.ts";

const FILE = "progress.json";

/** What of a run is done: enough to go on after a crash. */
export interface Progress {
  readonly id: string;
  readonly startedUtc: string;
  /** Serial numbers of both units, and the plan: a run goes on with the same ones only. */
  readonly serials: readonly [alice: string, bob: string];
  readonly planSha256: string;
  readonly steps: readonly StepResult[];
  readonly known: Known;
}

const RULES: RulesOf<Progress> = {
  id: rule.text(),
  startedUtc: rule.text(),
  serials: rule.list(rule.text()),
  planSha256: rule.text(),
  steps: rule.list(rule.like({ id: rule.text(), number: rule.anyNumber, verdict: rule.text() })),
  known: rule.anyObject,
};

/** The unfinished run of a folder; undefined where there is none. Throws CommissionError for a damaged file. */
export function readProgress(folder: ReportFolder): Progress | undefined {
  if (!folder.has(FILE)) return undefined;
  try {
    const progress = JSON.parse(folder.read(FILE)) as Progress;
    checkOptions("progress.json", progress, RULES);
    return progress;
  } catch (cause) {
    throw new CommissionError(
      "QKD_COMMISSION_STOPPED",
      `${folder.path}/${FILE} cannot be read: ${fileReason(cause)}`,
      {
        cause,
        remedy: "begin again in another folder",
      },
    );
  }
}

export const writeProgress = (folder: ReportFolder, progress: Progress): void =>
  folder.write(FILE, `${JSON.stringify(progress)}\n`);

export const removeProgress = (folder: ReportFolder): void => folder.remove(FILE);

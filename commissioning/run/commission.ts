import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommissionError } from "../../errors/index.ts";
import { type Report, type StepResult, sayIn } from "../../report/index.ts";
import type { Cell } from "../evidence/csv.ts";
import { ReportFolder } from "../evidence/report-folder.ts";
import { SettingsJournal } from "../journal/settings-journal.ts";
import { Judging, verdictOf } from "../limits/judgement.ts";
import { checkLinkPlan } from "../plan/link-plan.ts";
import { STEPS } from "../steps/all-steps.ts";
import { clockDrift } from "../steps/clock-drift.ts";
import type { Known } from "../steps/known.ts";
import type { Step, StepContext } from "../steps/step.ts";
import type { CommissionOptions } from "./commission-options.ts";
import { sha256Of, unitIdentity } from "./facts.ts";
import { finishReport } from "./finish-report.ts";
import { keepUnits, type OpenedUnits, openUnits, refuseBusyLink } from "./open-units.ts";
import { type Progress, readProgress, writeProgress } from "./progress-file.ts";
import { runStep, unrunStep } from "./run-step.ts";
import { SitesOnDemand } from "./sites-on-demand.ts";

/**
 * Commissions a link: runs the steps one after the other, writes evidence and report, and leaves both units as they were
 * found. An unfinished run in the same folder is gone on with.
 * @throws CommissionError QKD_COMMISSION_BUSY, QKD_COMMISSION_PENDING, QKD_COMMISSION_STOPPED; ConfigError for the plan and
 * for what cannot be written; errors of opening the units.
 */
export async function commission(options: CommissionOptions): Promise<Report> {
  checkLinkPlan(options.plan);
  const folder = new ReportFolder(options.out);
  const journal = new SettingsJournal(options.out);
  const units = await openUnits(options, folder);
  const scratch = mkdtempSync(join(tmpdir(), "qkdlink-commission-"));
  const sites = new SitesOnDemand(units, options.credentials, scratch);
  try {
    await refuseBusyLink(units);
    await keepUnits(units, options.plan);
    // The lease restores what it found: what an earlier run has left set must not be that.
    if ((await putBack(journal, units, options)).length > 0)
      for (const unit of [units.alice, units.bob]) await unit.giveBack({ keep: true });
    await keepUnits(units, options.plan);
    const progress = begun(options, folder, units);
    const done = await runSteps({ options, folder, journal, units, sites, progress });
    const left = await journal.restore([units.alice, units.bob]);
    if (left.length > 0) throw stillSet(left.map(({ serial, name }) => `${serial} ${name}`));
    const identities = [await unitIdentity(units.alice), await unitIdentity(units.bob)];
    await units.close();
    journal.remove();
    return finishReport(options, folder, {
      ...done,
      identities,
      linkId: units.alice.device.identity.linkId,
      clockHz: units.alice.device.identity.clockHz,
    });
  } finally {
    await sites.close().catch(() => {});
    await leave(journal, units, options).finally(() => rmSync(scratch, { recursive: true, force: true }));
  }
}

/** Puts back what an earlier run has left set; gives up where a unit does not answer. */
export async function restoreSettings(
  options: Pick<CommissionOptions, "alice" | "bob" | "signal" | "tell" | "out">,
): Promise<readonly string[]> {
  const journal = new SettingsJournal(options.out);
  if (journal.pending.length === 0) return [];
  const units = await openUnits(options, { add: () => {} });
  try {
    return await putBack(journal, units, options);
  } finally {
    await units.close();
  }
}

async function putBack(
  journal: SettingsJournal,
  units: OpenedUnits,
  { tell }: Pick<CommissionOptions, "tell">,
): Promise<readonly string[]> {
  const found = journal.pending.map(({ unit, name }) => `${unit} ${name}`);
  if (found.length === 0) return [];
  const left = await journal.restore([units.alice, units.bob]);
  if (left.length > 0) throw stillSet(left.map(({ serial, name }) => `${serial} ${name}`));
  await tell({ type: "restored", settings: found });
  return found;
}

const stillSet = (settings: readonly string[]): CommissionError =>
  new CommissionError(
    "QKD_COMMISSION_PENDING",
    `these settings could not be put back: ${settings.join(", ")}`,
    {
      context: { settings: settings.join(", ") },
    },
  );

/** The run to go on with, or a new one. */
function begun(options: CommissionOptions, folder: ReportFolder, { alice, bob }: OpenedUnits): Progress {
  const serials = [alice.serial, bob.serial] as const;
  const planSha256 = sha256Of(options.planText ?? "");
  const earlier = readProgress(folder);
  if (earlier === undefined) {
    if (folder.has("report.json"))
      throw new CommissionError("QKD_COMMISSION_STOPPED", `${folder.path} holds a report already`, {
        remedy: "give another folder to --out",
      });
    if (options.planText !== undefined) folder.write("plan.yaml", options.planText);
    const startedUtc = new Date().toISOString();
    const id = `AR-${startedUtc.slice(0, 10)}-${randomBytes(2).toString("hex")}`;
    return { id, startedUtc, serials, planSha256, steps: [], known: {} };
  }
  if (earlier.serials.join() !== serials.join() || earlier.planSha256 !== planSha256)
    throw new CommissionError(
      "QKD_COMMISSION_STOPPED",
      `the run in ${folder.path} began with other units or another plan`,
      { remedy: "give another folder to --out, or the same units and plan" },
    );
  const done = earlier.steps.filter(({ number }) => !options.repeat.includes(number));
  options.tell({ type: "resumed", done: done.length, next: nextOf(done)?.number ?? 0 });
  return earlier;
}

const nextOf = (done: readonly StepResult[]): Step | undefined =>
  STEPS.find(({ number }) => !done.some((one) => one.number === number));

interface Run {
  readonly options: CommissionOptions;
  readonly folder: ReportFolder;
  readonly journal: SettingsJournal;
  readonly units: OpenedUnits;
  readonly sites: SitesOnDemand;
  readonly progress: Progress;
}

async function runSteps(run: Run): Promise<Progress> {
  const { options, folder, progress } = run;
  const known: Known = { ...progress.known };
  let steps: readonly StepResult[] = progress.steps;
  for (const step of STEPS) {
    const earlier = steps.find(({ number }) => number === step.number);
    if (earlier !== undefined && !options.repeat.includes(step.number)) continue;
    refuseStopped(options.signal);
    await options.tell({
      type: "step",
      number: step.number,
      of: STEPS.length,
      name: sayIn(options.language)(step.name),
    });
    const result = await oneStep(run, step, known, steps, (earlier?.attempt ?? 0) + 1);
    // A step that the operator's stop broke off is not done: it is run again when the run goes on.
    refuseStopped(options.signal);
    steps = [...steps.filter(({ number }) => number !== step.number), result];
    writeProgress(folder, { ...progress, steps, known });
    const { number, name, verdict, finding, remedy, reason } = result;
    await options.tell({ type: "done", number, name, verdict, finding, remedy, reason });
  }
  await run.sites.close();
  steps = await withClockDrift(run, known, steps);
  return { ...progress, steps: steps.toSorted((a, b) => a.number - b.number), known };
}

function refuseStopped(signal: AbortSignal): void {
  if (signal.aborted)
    throw new CommissionError("QKD_COMMISSION_STOPPED", "commissioning was stopped before its end");
}

/** Runs a step, or says why it is not run. */
async function oneStep(
  run: Run,
  step: Step,
  known: Known,
  done: readonly StepResult[],
  attempt: number,
): Promise<StepResult> {
  const { options } = run;
  const say = sayIn(options.language);
  if (options.skip.includes(step.number)) return unrunStep(step, say, "unknown", say("why_skipped"));
  if (options.plan.absent?.includes(step.number))
    return unrunStep(step, say, "notApplicable", say("why_absent"));
  const missing = step.needs.find((number) => {
    const needed = done.find((one) => one.number === number);
    return needed === undefined || needed.verdict === "fail" || needed.verdict === "unknown";
  });
  if (missing !== undefined) return unrunStep(step, say, "unknown", say("why_needs", { number: missing }));
  const evidence: string[] = [];
  if (!step.withSites) await run.sites.close();
  const context = contextOf(run, step, known, evidence, attempt);
  return runStep(step, { context, journal: run.journal, evidence, attempt });
}

function contextOf(run: Run, step: Step, known: Known, evidence: string[], attempt: number): StepContext {
  const { options, folder, journal, units } = run;
  const { alice, bob } = units;
  const say = sayIn(options.language);
  const context: StepContext = {
    alice,
    bob,
    units: [alice, bob],
    plan: options.plan,
    say,
    judging: new Judging(say),
    known,
    hands: options.hands,
    signal: options.signal,
    options: { soakS: options.soakS },
    salt: run.progress.id,
    sites: () => run.sites.opened(context),
    set: (unit, name, value) => journal.set(unit, name, value, step.number),
    table(name: string, head: readonly string[], rows: readonly (readonly Cell[])[]) {
      const file = folder.table(attempt === 1 ? name : `${name}.${attempt}`, head, rows);
      if (!evidence.includes(file)) evidence.push(file);
    },
  };
  return context;
}

/** How fast the clocks run is known at the end only: step 4 gets two more checks. */
async function withClockDrift(
  run: Run,
  known: Known,
  steps: readonly StepResult[],
): Promise<readonly StepResult[]> {
  const clocks = steps.find(({ id }) => id === "clocks");
  if (
    clocks === undefined ||
    known.clocks === undefined ||
    clocks.checks.some(({ id }) => id.startsWith("clockDrift"))
  )
    return steps;
  const step = STEPS.find(({ id }) => id === "clocks");
  if (step === undefined) return steps;
  const judgements = await clockDrift(contextOf(run, step, known, [], clocks.attempt));
  const problem = judgements.find(({ check }) => check.verdict === "fail")?.problem;
  const say = sayIn(run.options.language);
  const checks = [...clocks.checks, ...judgements.map(({ check }) => check)];
  const result: StepResult = {
    ...clocks,
    checks,
    verdict: verdictOf(checks.map((check) => ({ check }))),
    finding: clocks.finding ?? (problem === undefined ? null : say(problem.find, problem.values)),
    remedy: clocks.remedy ?? (problem === undefined ? null : say(problem.fix, problem.values)),
  };
  return steps.map((one) => (one.id === "clocks" ? result : one));
}

/** Leaves both units as they were found, and nothing of the run but what is needed to go on. */
async function leave(
  journal: SettingsJournal,
  units: OpenedUnits,
  { tell }: CommissionOptions,
): Promise<void> {
  const found = journal.pending.map(({ unit, name }) => `${unit} ${name}`);
  const left = found.length === 0 ? [] : await journal.restore([units.alice, units.bob]);
  await units.close();
  if (left.length > 0) throw stillSet(left.map(({ serial, name }) => `${serial} ${name}`));
  if (found.length > 0) await tell({ type: "restored", settings: found });
}

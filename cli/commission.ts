import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { commission, type Hands, type LinkPlan, restoreSettings, STEPS } from "../commissioning/index.ts";
import { ConfigError, fileReason } from "../errors/index.ts";
import { junitText, LANGUAGES, type Language, type Report, sayIn } from "../report/index.ts";
import { CommissionProgress } from "./commission/commission-progress.ts";
import { throwAwayCredentials } from "./commission/credentials.ts";
import { askingHands, controlPortHands, NO_HANDS } from "./commission/hands.ts";
import { readPlan } from "./commission/read-plan.ts";
import { summaryOf } from "./commission/summary.ts";
import { packageVersion } from "./package-version.ts";
import { comparisonLines } from "./report/comparison-lines.ts";
import { readFinishedReport } from "./report/finished-report.ts";
import { signingOf } from "./report/signing-files.ts";
import { EXIT } from "./report-error.ts";
import { spanOfTime } from "./span-of-time.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";

interface CommissionFlags {
  readonly alice: string;
  readonly bob: string;
  readonly aliceTelemetry?: string;
  readonly bobTelemetry?: string;
  readonly out: string;
  readonly plan?: string;
  readonly hands?: string;
  readonly yes?: true;
  readonly soak: number;
  readonly skip: readonly number[];
  readonly repeat: readonly number[];
  readonly restore?: true;
  readonly compare: readonly string[];
  readonly junit?: string;
  readonly lang: Language;
  readonly key?: string;
  readonly witnessKey?: string;
  readonly json?: true;
}

/** `qkdlink commission`: guided acceptance of a link, ending in a report. */
export function commissionCommand(
  write: (text: string) => void = (text) => process.stdout.write(text),
): Command {
  return new Command("commission")
    .description(
      "accept a link step by step and write a report: verdict, measured values, limits, remedies, evidence",
    )
    .requiredOption("--alice <address>", "the transmitter")
    .requiredOption("--bob <address>", "the receiver")
    .option("--alice-telemetry <address>", "Modbus of the transmitter")
    .option("--bob-telemetry <address>", "Modbus of the receiver")
    .requiredOption("--out <folder>", "folder of the report; an unfinished run in it is gone on with")
    .option("--plan <file>", "fibre plan: spans, connectors, channels, demand (YAML)")
    .option("--hands <url>", "an emulator's control port does what a person is asked to do")
    .option("--yes", "ask nothing: what has to be done by hand is left out")
    .option("--soak <time>", "how long the link is soaked at the end, such as 30min", spanOfTime, 60)
    .option("--skip <steps>", "steps to leave out, such as 22,24; the report is a draft then", steps, [])
    .option("--repeat <steps>", "steps of an unfinished run to do again", steps, [])
    .option("--restore", "only put back what an earlier run has left set")
    .option("--compare <folder>", "compare with an earlier report of the link, repeatable", collect, [])
    .option("--junit <file>", "also write the checks as JUnit XML")
    .addOption(new Option("--lang <language>", "language of the report").choices(LANGUAGES).default("en"))
    .option("--key <file>", "the operator's key signs the report (qkdlink report keygen)")
    .option("--witness-key <file>", "the witness's key signs, too; with a .pub file the witness signs later")
    .option("--json", "one JSON line at the end")
    .addHelpText(
      "after",
      `
Both units are left as they were found, whatever happens; after a loss of power run the command again, or with --restore.
Exit code: 0 pass or marginal, 1 fail or unknown, 2 wrong usage.`,
    )
    .action(async (flags: CommissionFlags) => run(flags, write));
}

async function run(flags: CommissionFlags, write: (text: string) => void): Promise<void> {
  const say = sayIn(flags.lang);
  const progress = new CommissionProgress(process.stderr, say);
  const stop = new StopRequest(endOverdue);
  try {
    const planned = flags.plan === undefined ? { plan: {}, text: undefined } : readPlan(flags.plan);
    const options = { ...flags, signal: stop.signal, tell: progress.take.bind(progress) };
    if (flags.restore) {
      await restoreSettings(options);
      return;
    }
    const signing = signingOf(flags.key, flags.witnessKey);
    progress.line(say("say_begin", { alice: flags.alice, bob: flags.bob, folder: flags.out }));
    const report = await commission({
      ...options,
      plan: planned.plan,
      ...(planned.text === undefined ? {} : { planText: planned.text }),
      language: flags.lang,
      hands: handsOf(flags, planned.plan, stop.signal),
      skip: flags.skip,
      repeat: flags.repeat,
      soakS: flags.soak,
      signing,
      credentials: throwAwayCredentials,
      version: packageVersion(),
    });
    progress.close();
    finish(flags, report, write);
  } finally {
    progress.close();
    stop.close();
  }
}

function finish(flags: CommissionFlags, report: Report, write: (text: string) => void): void {
  if (flags.junit !== undefined) writeJunit(flags.junit, report);
  const [first, ...others] = flags.compare.map(readFinishedReport);
  const compared = first === undefined ? undefined : comparisonLines([first, ...others], report);
  if (flags.json) write(`${JSON.stringify({ ...summaryOf(report, flags.out), ...compared?.json })}\n`);
  else {
    const say = sayIn(flags.lang);
    for (const line of compared?.lines ?? []) write(`${line}\n`);
    write(
      `${say("say_verdict", { verdict: say(`verdict_${report.verdict}`).toUpperCase(), report: `${flags.out}/report.html` })}\n`,
    );
  }
  if (report.verdict === "fail" || report.verdict === "unknown") process.exitCode = EXIT.failed;
}

function handsOf(flags: CommissionFlags, plan: LinkPlan, signal: AbortSignal): Hands {
  if (flags.hands !== undefined)
    return controlPortHands(
      flags.hands,
      (plan.channels ?? []).map(({ name }) => name),
    );
  if (flags.yes || !process.stdin.isTTY) return NO_HANDS;
  return askingHands(sayIn(flags.lang), signal);
}

function writeJunit(path: string, report: Report): void {
  try {
    writeFileSync(path, junitText(report));
  } catch (cause) {
    throw new ConfigError("QKD_OUTPUT_WRITE", `${path} cannot be written: ${fileReason(cause)}`, {
      cause,
      context: { path },
    });
  }
}

function steps(text: string): number[] {
  const numbers = text.split(",").map((one) => Number(one.trim()));
  const unknown = numbers.find((number) => !STEPS.some((step) => step.number === number));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no step ${unknown}.`);
  return numbers;
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

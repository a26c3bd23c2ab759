import { Command } from "commander";
import { QkdError } from "../errors/index.ts";
import { usualBaselinePath } from "./explain/baseline-file.ts";
import { diagnoseRecording } from "./explain/diagnose-recording.ts";
import { type Diagnosis, diagnoseRegisters, diagnoseUnits } from "./explain/diagnosis-of.ts";
import { type ExplainFlags as Flags, formOf, refuseFlags } from "./explain/forms.ts";
import { learnUnits } from "./explain/learn-units.ts";
import { openUnits } from "./explain/open-units.ts";
import { registersOfLink } from "./explain/registers-of-link.ts";
import { type Reported, reportLines } from "./explain/report-lines.ts";
import { siteClientOf } from "./explain/site-client.ts";
import { siteExplanation } from "./explain/site-explanation.ts";
import { EXIT } from "./report-error.ts";
import { spanOfTime } from "./span-of-time.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";
import { wholeNumber } from "./whole-number.ts";

type Write = (text: string) => void;

/** What every form prints; a form may tell more beside it as JSON. */
type ReportedDiagnosis = Omit<Diagnosis, "explanation"> & { readonly explanation: Reported };

const LOOK_S = 30;
const SOAK_S = 600;

const collectNumbers = (value: string, before: readonly number[] = []): readonly number[] => [
  ...before,
  wholeNumber(value),
];
const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `qkdlink explain`: the likely cause of a degraded link, with its evidence. */
export function explainCommand(write: Write = (text) => process.stdout.write(text)): Command {
  return new Command("explain")
    .description("likely cause of a degraded link, with its evidence and the next step")
    .argument("<address>", "a unit of the link, its telemetry, a running site (https://…), or a recording")
    .argument("[address]", "the other unit, or its telemetry")
    .option("--telemetry <address>", "Modbus address of either unit, repeatable: more instruments", collect)
    .option("--baseline <file>", "the healthy link (default: .qkdlink/baselines/LINKID.json)")
    .option("--learn [file]", "learn that from the link now, which has to be healthy, and write it")
    .option("--for <time>", "how long to look (default: 30s, to learn 10min)", spanOfTime)
    .option("--every <time>", "to learn: begin a look this often; a day knows the drift of a day", spanOfTime)
    .option("--unit <n>", "of a recording: this unit, repeatable", collectNumbers)
    .option("--ca <file>", "of a site: authority of its dashboard's certificate (PEM)")
    .option("--cert <file>", "of a site: certificate of ours that its dashboard trusts (PEM)")
    .option("--key <file>", "private key of that certificate (PEM)")
    .option("--token <token>", "of a site: its dashboard's token, or @FILE that holds it")
    .option("--json", "one JSON line last, nothing else")
    .addHelpText(
      "after",
      `
Two units: runs a key exchange of its own, of which no key is made, and refuses while somebody else's runs.
Telemetry alone (modbus+tcp://…, of one unit or both): only reads registers, whatever else the units do.
A running site (its dashboard, https://host:port): what it makes of its own counts and readings.
A recording (FILE of qkdlink record): its last 30 s, or --for, by what is in it without key.
Exit code: 0 a cause is named, or the link is as it was built; 1 not sure; 2 wrong usage.`,
    )
    .action((first: string, second: string | undefined, flags: Flags) =>
      run([first, ...(second === undefined ? [] : [second])], flags, write),
    );
}

async function run(addresses: readonly string[], flags: Flags, write: Write): Promise<void> {
  const stop = new StopRequest(endOverdue);
  try {
    const form = formOf(addresses);
    refuseFlags(form, flags);
    if (form === "site") await explainSite(addresses[0] ?? "", flags, stop.signal, write);
    else if (form === "recording") await explainRecording(addresses[0] ?? "", flags, stop.signal, write);
    else if (flags.learn !== undefined) await learn(addresses, flags, stop.signal, write);
    else report(await diagnose(addresses, form === "telemetry", flags, stop.signal), flags, write);
  } catch (error) {
    // Whoever stops before there is anything to explain wants no report of that; what cannot be written is one.
    if (!stop.signal.aborted || (error instanceof QkdError && error.code === "QKD_OUTPUT_WRITE")) throw error;
    process.stderr.write("stopped\n");
    process.exitCode = EXIT.failed;
  } finally {
    stop.close();
  }
}

async function explainSite(url: string, flags: Flags, signal: AbortSignal, write: Write): Promise<void> {
  const client = siteClientOf(url, flags);
  try {
    const { indicators, frames, baseline, ...explanation } = await siteExplanation(client, signal);
    report({ explanation, indicators, frames, baseline }, flags, write);
  } catch (error) {
    // Whoever stops while the site is asked wants no report of that.
    if (!signal.aborted) throw error;
    process.exitCode = EXIT.failed;
  }
}

async function explainRecording(
  file: string,
  flags: Flags,
  signal: AbortSignal,
  write: Write,
): Promise<void> {
  const shown = !flags.json && process.stderr.isTTY;
  const diagnosis = await diagnoseRecording(file, {
    ...(flags.baseline === undefined ? {} : { path: flags.baseline }),
    forS: flags.for ?? LOOK_S,
    units: flags.unit ?? [],
    signal,
    told: (packets) => {
      if (shown) process.stderr.write(`\r${packets} packets\r`);
    },
  });
  if (diagnosis === null) {
    process.exitCode = EXIT.failed;
    return;
  }
  const { damage, fromUtc, toUtc } = diagnosis.recording;
  if (damage !== null) process.stderr.write(`${damage}; explained is what was before it\n`);
  if (!flags.json) write(`Recorded from ${fromUtc} to ${toUtc}\n\n`);
  report(diagnosis, flags, write);
}

async function diagnose(
  addresses: readonly string[],
  telemetry: boolean,
  flags: Flags,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const forS = flags.for ?? LOOK_S;
  const look = {
    ...(flags.baseline === undefined ? {} : { path: flags.baseline }),
    forS,
    signal,
    told: progress(forS, flags),
  };
  if (telemetry) {
    const registers = await registersOfLink(addresses, signal);
    return diagnoseRegisters(registers, look).finally(registers.close);
  }
  const { units, close } = await openUnits(addresses, flags.telemetry ?? [], signal);
  return diagnoseUnits(units, look).finally(close);
}

async function learn(
  addresses: readonly string[],
  flags: Flags,
  signal: AbortSignal,
  write: Write,
): Promise<void> {
  const { units, close } = await openUnits(addresses, flags.telemetry ?? [], signal);
  try {
    const path =
      typeof flags.learn === "string" ? flags.learn : usualBaselinePath(units.alice.device.identity.linkId);
    const forS = flags.for ?? SOAK_S;
    const lookS = Math.min(LOOK_S, forS);
    const everyS = Math.max(flags.every ?? lookS, lookS);
    const told = progress(forS, flags);
    const { looks, link } = await learnUnits(units, { path, forS, lookS, everyS, signal, told });
    const many = looks === 1 ? "one look" : `${looks} looks`;
    write(
      flags.json ? `${JSON.stringify({ learnt: path, looks, link })}\n` : `learnt from ${many}: ${path}\n`,
    );
  } finally {
    await close();
  }
}

function report(diagnosis: ReportedDiagnosis, flags: Flags, write: Write): void {
  const { explanation, ...beside } = diagnosis;
  write(
    flags.json
      ? `${JSON.stringify({ ...explanation, ...beside })}\n`
      : reportLines(explanation, beside.indicators),
  );
  if (explanation.answer === "not sure") process.exitCode = EXIT.failed;
}

function progress(wholeS: number, { json }: Flags): (passedS: number, gates: number) => void {
  if (json || !process.stderr.isTTY) return () => {};
  return (passedS, gates) => {
    const counted = gates > 0 ? `, ${gates.toExponential(1)} gates` : "";
    process.stderr.write(`\r${Math.min(passedS, wholeS).toFixed(0)} of ${wholeS.toFixed(0)} s${counted} \r`);
  };
}

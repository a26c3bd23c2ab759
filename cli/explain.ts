import { Command } from "commander";
import { ConfigError } from "../errors/index.ts";
import { usualBaselinePath } from "./explain/baseline-file.ts";
import { type Diagnosis, diagnoseRegisters, diagnoseUnits } from "./explain/diagnosis-of.ts";
import { learnUnits } from "./explain/learn-units.ts";
import { openUnits } from "./explain/open-units.ts";
import { registersOfLink } from "./explain/registers-of-link.ts";
import { reportLines } from "./explain/report-lines.ts";
import { EXIT } from "./report-error.ts";
import { spanOfTime } from "./span-of-time.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";

interface Flags {
  readonly telemetry?: readonly string[];
  readonly baseline?: string;
  readonly learn?: string | true;
  readonly for?: number;
  readonly every?: number;
  readonly json?: true;
}

type Write = (text: string) => void;

const LOOK_S = 30;
const SOAK_S = 600;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `qkdlink explain`: the likely cause of a degraded link, with its evidence. */
export function explainCommand(write: Write = (text) => process.stdout.write(text)): Command {
  return new Command("explain")
    .description("likely cause of a degraded link, with its evidence and the next step")
    .argument("<address>", "a unit of the link, or its telemetry")
    .argument("[address]", "the other unit, or its telemetry")
    .option("--telemetry <address>", "Modbus address of either unit, repeatable: more instruments", collect)
    .option("--baseline <file>", "the healthy link (default: .qkdlink/baselines/LINKID.json)")
    .option("--learn [file]", "learn that from the link now, which has to be healthy, and write it")
    .option("--for <time>", "how long to look (default: 30s, to learn 10min)", spanOfTime)
    .option("--every <time>", "to learn: begin a look this often; a day knows the drift of a day", spanOfTime)
    .option("--json", "one JSON line last, nothing else")
    .addHelpText(
      "after",
      `
Two units: runs a key exchange of its own, of which no key is made, and refuses while somebody else's runs.
Telemetry alone (modbus+tcp://…, of one unit or both): only reads registers, whatever else the units do.
Exit code: 0 a cause is named, or the link is as it was built; 1 not sure; 2 wrong usage.`,
    )
    .action((first: string, second: string | undefined, flags: Flags) =>
      run([first, ...(second === undefined ? [] : [second])], flags, write),
    );
}

async function run(addresses: readonly string[], flags: Flags, write: Write): Promise<void> {
  refuseSites(addresses);
  const stop = new StopRequest(endOverdue);
  try {
    const telemetry = addresses.every((address) => address.startsWith("modbus"));
    if (!telemetry && addresses.length < 2) throw needsBoth();
    if (flags.learn !== undefined) {
      if (telemetry) throw needsBoth();
      await learn(addresses, flags, stop.signal, write);
    } else report(await diagnose(addresses, telemetry, flags, stop.signal), flags, write);
  } finally {
    stop.close();
  }
}

function refuseSites(addresses: readonly string[]): void {
  const site = addresses.find((address) => /^https?:/i.test(address));
  if (site === undefined) return;
  throw new ConfigError("QKD_USAGE", `${site} is a site, and sites do not answer explain yet`, {
    remedy: "name the telemetry of its unit, which may be read while the site runs",
  });
}

const needsBoth = (): ConfigError =>
  new ConfigError("QKD_USAGE", "explain needs both units of the link, or the telemetry of one", {
    remedy: "name the addresses of transmitter and receiver, or one modbus+tcp:// address",
  });

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

function report({ explanation, indicators, baseline, frames }: Diagnosis, flags: Flags, write: Write): void {
  write(
    flags.json
      ? `${JSON.stringify({ ...explanation, indicators, frames, baseline })}\n`
      : reportLines(explanation, indicators),
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

import { Command } from "commander";
import { explain, learnBaseline, lookAtAll } from "../diagnosis/index.ts";
import { ConfigError } from "../errors/index.ts";
import { PARAMETERS } from "../protocol/index.ts";
import { loadBaseline, prepareBaseline, saveBaseline, usualBaselinePath } from "./explain/baseline-file.ts";
import { healthIndicators } from "./explain/health-indicators.ts";
import type { LinkUnits } from "./explain/look-collector.ts";
import { openUnits } from "./explain/open-units.ts";
import { reportLines } from "./explain/report-lines.ts";
import { watchUnits } from "./explain/watch-units.ts";
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

const LOOK_S = 30;
const SOAK_S = 600;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `qkdlink explain`: the likely cause of a degraded link, with its evidence. */
export function explainCommand(): Command {
  return new Command("explain")
    .description("likely cause of a degraded link, with its evidence and the next step")
    .argument("<address>", "one unit of the link")
    .argument("[address]", "the other unit")
    .option(
      "--telemetry <address>",
      "Modbus address of either unit, repeatable; more instruments, more certainty",
      collect,
    )
    .option(
      "--baseline <file>",
      "what the link was like when healthy (default: .qkdlink/baselines/LINKID.json)",
    )
    .option("--learn [file]", "learn that from the link now, which must be healthy, and write it")
    .option("--for <time>", "how long to look: 30s to explain, 10min to learn", spanOfTime)
    .option(
      "--every <time>",
      "while learning, begin a look of 30s this often: a day's baseline knows the day's drift",
      spanOfTime,
    )
    .option("--json", "one JSON line last, nothing else")
    .addHelpText(
      "after",
      `
Runs a key exchange of its own, of which no key is made; refuses while somebody else's runs.
Exit code: 0 a cause is named, or the link is as it was built; 1 not sure; 2 wrong usage.`,
    )
    .action(run);
}

async function run(first: string, second: string | undefined, flags: Flags): Promise<void> {
  const addresses = [first, ...(second === undefined ? [] : [second])];
  refuseSites(addresses);
  if (second === undefined)
    throw new ConfigError("QKD_USAGE", "explain needs both units of the link", {
      remedy: "name the addresses of the transmitter and of the receiver",
    });
  const stop = new StopRequest(endOverdue);
  try {
    const { units, close } = await openUnits(addresses, flags.telemetry ?? [], stop.signal);
    try {
      const { linkId } = units.alice.device.identity;
      if (flags.learn === undefined)
        await explainLink(units, flags, flags.baseline ?? usualBaselinePath(linkId), stop.signal);
      else
        await learnLink(
          units,
          flags,
          flags.learn === true ? usualBaselinePath(linkId) : flags.learn,
          stop.signal,
        );
    } finally {
      await close();
    }
  } finally {
    stop.close();
  }
}

function refuseSites(addresses: readonly string[]): void {
  const site = addresses.find((address) => /^https?:/.test(address));
  if (site === undefined) return;
  throw new ConfigError("QKD_USAGE", `${site} is a site, and sites do not answer explain yet`, {
    remedy: "name the addresses of both units while the site is stopped",
  });
}

async function explainLink(units: LinkUnits, flags: Flags, path: string, signal: AbortSignal): Promise<void> {
  const { linkId, clockHz } = units.alice.device.identity;
  const file = loadBaseline(path, linkId);
  const lookS = flags.for ?? LOOK_S;
  const collected = await watchUnits(units, lookS, signal, progress(lookS, flags));
  const { frames } = collected;
  if (frames.paired + frames.unlike === 0) throw nothingSeen();
  const now = lookAtAll(collected, clockHz);
  const indicators = healthIndicators(file.baseline, collected.slices, now);
  const explanation = explain(file.baseline, now, { indicators: indicators.map(({ name }) => name) });
  const { learntUtc } = file;
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ ...explanation, indicators, frames, baseline: { path, learntUtc } })}\n`
      : reportLines(explanation, indicators),
  );
  if (explanation.answer === "not sure") process.exitCode = 1;
}

async function learnLink(units: LinkUnits, flags: Flags, path: string, signal: AbortSignal): Promise<void> {
  prepareBaseline(path);
  const { clockHz, linkId, serial } = units.alice.device.identity;
  const settings = { clockHz, ...(await readSettings(units)) };
  const soakS = flags.for ?? SOAK_S;
  const everyS = Math.max(flags.every ?? LOOK_S, Math.min(LOOK_S, soakS));
  const started = performance.now();
  const passedS = () => (performance.now() - started) / 1000;
  const looks = [];
  while (!signal.aborted && (looks.length === 0 || passedS() < soakS - 1)) {
    const atS = passedS();
    const told = progress(soakS, flags);
    const lookS = Math.min(LOOK_S, Math.max(1, soakS - atS));
    const look = await watchUnits(units, lookS, signal, (s, gates) => told(atS + s, gates));
    if (look.slices.length > 0) looks.push({ atS, ...look });
    const restS = Math.min(atS + everyS, soakS) - passedS();
    if (restS > 0) await pause(restS, signal);
  }
  if (looks.length === 0) throw nothingSeen();
  const baseline = learnBaseline(looks, settings);
  const serials = { alice: serial, bob: units.bob.device.identity.serial };
  saveBaseline(path, { linkId, serials, learntUtc: new Date().toISOString(), clockHz, baseline });
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ learnt: path, looks: looks.length, link: baseline.link })}\n`
      : `learnt from ${looks.length === 1 ? "one look" : `${looks.length} looks`} over ${passedS().toFixed(0)} s: ${path}\n`,
  );
}

/** Settings of both units that the closed form needs. */
async function readSettings({ alice, bob }: LinkUnits) {
  const read = async ({ device }: LinkUnits["alice"], name: keyof typeof PARAMETERS): Promise<number> => {
    const value = await device.getParameter(PARAMETERS[name].id);
    return typeof value === "number" || typeof value === "bigint" ? Number(value) : 0;
  };
  return {
    intensities: [
      await read(alice, "meanPhotonsU"),
      await read(alice, "meanPhotonsV"),
      await read(alice, "meanPhotonsW"),
    ] as const,
    deadGates: await read(bob, "deadTimeGates"),
  };
}

function progress(wholeS: number, { json }: Flags): (passedS: number, gates: number) => void {
  if (json || !process.stderr.isTTY) return () => {};
  return (passedS, gates) =>
    process.stderr.write(
      `\r${passedS.toFixed(0)} of ${wholeS.toFixed(0)} s, ${gates.toExponential(1)} gates \r`,
    );
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const nothingSeen = (): ConfigError =>
  new ConfigError("QKD_CONFIG_INVALID", "no frame of both units arrived in this time", {
    context: { field: "for" },
    remedy: "look for longer, or check that light arrives (device ADDR show)",
  });

import { Command } from "commander";
import { BoundedLog } from "./bounded-log.ts";
import { logLine } from "./log-line.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";
import { PlainOutput } from "./watch/plain-output.ts";
import { screenLines } from "./watch/screen.ts";
import { TerminalView } from "./watch/terminal-view.ts";
import { every, WatchedUnits } from "./watch/watch-units.ts";
import { watchedAddresses } from "./watch/watched-address.ts";
import { wholeNumber } from "./whole-number.ts";

interface WatchFlags {
  readonly telemetry?: readonly string[];
  readonly for?: number;
  readonly every: number;
  readonly json?: true;
  readonly plain?: true;
}

/** `qkdlink watch`: how one unit or both units of a link are doing, live. Sets nothing and begins no key exchange. */
export function watchCommand(): Command {
  return new Command("watch")
    .description("live health of one unit, or of both units of a link; sets nothing")
    .argument("<address...>", "tcp://host:port, tls://…, serial:PATH, or a host (port 5525)")
    .option(
      "--telemetry <address>",
      "Modbus address of a unit's registers, in the order of the units",
      collect,
    )
    .option("--for <seconds>", "stop after so long", wholeNumber)
    .option(
      "--every <seconds>",
      "a line or an object of readings so often, where no terminal is drawn on",
      wholeNumber,
      10,
    )
    .option("--json", "one JSON object a line: readings, and each change")
    .option("--plain", "lines instead of a picture, also on a terminal")
    .addHelpText(
      "after",
      `
On a terminal the whole of it is one picture; q ends. Elsewhere: a line for each change, and readings every 10 s.
A unit that is lost is waited for; its readings stand as missing meanwhile.
Exit code: 0 when asked to stop, 1 where a unit cannot be reached at the start.`,
    )
    .action((addresses: readonly string[], flags: WatchFlags) => watch(addresses, flags));
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

async function watch(addresses: readonly string[], flags: WatchFlags): Promise<void> {
  const asked = watchedAddresses(addresses, flags.telemetry ?? []);
  const stop = new StopRequest(endOverdue);
  const ended = new AbortController();
  const end = () => ended.abort();
  stop.signal.addEventListener("abort", end, { once: true });
  if (stop.signal.aborted) end();
  try {
    const { out, drawn } = { out: process.stdout, drawn: isDrawn(flags) };
    const json = flags.json === true;
    const lines = new BoundedLog(out, json, logLine);
    const plain = new PlainOutput((text) => lines.write(text), json);
    const units = await WatchedUnits.open(asked, ended.signal);
    try {
      if (flags.for !== undefined) setTimeout(end, 1000 * flags.for).unref();
      if (drawn) await drawUntil(ended, units);
      else await tellUntil(ended.signal, units, plain, 1000 * flags.every);
    } finally {
      await units.close();
      lines.tellUnprinted();
    }
  } catch (error) {
    // Whoever stops while a unit is being opened wants no report of that.
    if (!ended.signal.aborted) throw error;
  } finally {
    stop.close();
  }
}

const isDrawn = ({ json, plain }: WatchFlags): boolean =>
  process.stdout.isTTY === true && json === undefined && plain === undefined;

/** Lines for every change, and for the readings of each unit: its first ones, then so often. */
async function tellUntil(
  signal: AbortSignal,
  units: WatchedUnits,
  plain: PlainOutput,
  everyMs: number,
): Promise<void> {
  const told = new Set<number>();
  units.follow({
    notice: (view, notice) => plain.notice(view, notice),
    reading: (view, index) => {
      if (told.has(index) || view.health?.quantities.length === 0) return;
      told.add(index);
      plain.readings(view);
    },
  });
  every(everyMs, signal, () => {
    for (const view of units.views) plain.readings(view);
  });
  await aborted(signal);
}

async function drawUntil(ended: AbortController, units: WatchedUnits): Promise<void> {
  units.follow({ notice: () => {}, reading: () => {} });
  const view = new TerminalView(
    { out: process.stdout, keys: process.stdin },
    (columns, rows) =>
      screenLines(units.views, {
        columns,
        rows,
        colours: process.env.NO_COLOR === undefined,
        nowMs: performance.now(),
        wall: new Date(),
      }),
    () => ended.abort(),
  );
  try {
    every(500, ended.signal, () => view.draw());
    await aborted(ended.signal);
  } finally {
    view.close();
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

import { Command } from "commander";
import { ConfigError } from "../errors/index.ts";
import { BoundedLog } from "./bounded-log.ts";
import { isSite, type SiteClient, siteClientOf } from "./explain/site-client.ts";
import { logLine } from "./log-line.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";
import { PlainOutput } from "./watch/plain-output.ts";
import { screenLines } from "./watch/screen.ts";
import { TerminalView } from "./watch/terminal-view.ts";
import { watchSite } from "./watch/watch-site.ts";
import { every, WatchedUnits } from "./watch/watch-units.ts";
import { watchedAddresses } from "./watch/watched-address.ts";
import { wholeNumber } from "./whole-number.ts";

interface WatchFlags {
  readonly telemetry?: readonly string[];
  readonly for?: number;
  readonly every: number;
  readonly json?: true;
  readonly plain?: true;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
}

const OF_SITES = ["ca", "cert", "key", "token"] as const;

/** `qkdlink watch`: how one unit, both units of a link, or a running site are doing, live. Sets nothing and begins no key exchange. */
export function watchCommand(): Command {
  return new Command("watch")
    .description("live health of one unit, of both units of a link, or of a running site; sets nothing")
    .argument(
      "<address...>",
      "tcp://host:port, tls://…, serial:PATH, or a host (port 5525); or a site's dashboard, https://host:port",
    )
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
    .option("--ca <file>", "of a site: authority of its dashboard's certificate (PEM)")
    .option("--cert <file>", "of a site: certificate of ours that its dashboard trusts (PEM)")
    .option("--key <file>", "private key of that certificate (PEM)")
    .option("--token <token>", "of a site: its dashboard's token, or @FILE that holds it")
    .option("--json", "one JSON object a line: readings, and each change")
    .option("--plain", "lines instead of a picture, also on a terminal")
    .addHelpText(
      "after",
      `
On a terminal the whole of it is one picture; q ends. Elsewhere: a line for each change, and readings every 10 s.
A unit that is lost is waited for; its readings stand as missing meanwhile.
A running site holds its unit; its dashboard is asked once a second, and told in lines. The picture of a site is its dashboard.
Exit code: 0 when asked to stop, 1 where a unit or site cannot be reached at the start.`,
    )
    .action((addresses: readonly string[], flags: WatchFlags) => watch(addresses, flags));
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

async function watch(addresses: readonly string[], flags: WatchFlags): Promise<void> {
  const site = siteOf(addresses, flags);
  const asked = site === null ? watchedAddresses(addresses, flags.telemetry ?? []) : [];
  const stop = new StopRequest(endOverdue);
  const ended = new AbortController();
  const end = () => ended.abort();
  stop.signal.addEventListener("abort", end, { once: true });
  if (stop.signal.aborted) end();
  try {
    const { out, drawn } = { out: process.stdout, drawn: isDrawn(flags) };
    const json = flags.json === true;
    const lines = new BoundedLog(out, json, logLine);
    if (flags.for !== undefined) setTimeout(end, 1000 * flags.for).unref();
    if (site !== null) {
      const write = (text: string) => lines.write(text);
      await watchSite(site, { everyMs: 1000 * flags.every, json, write, signal: ended.signal });
      lines.tellUnprinted();
      return;
    }
    const plain = new PlainOutput((text) => lines.write(text), json);
    const units = await WatchedUnits.open(asked, ended.signal);
    try {
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

/** The site that is named, or null for units. ConfigError QKD_USAGE for what does not go together. */
function siteOf(addresses: readonly string[], flags: WatchFlags): SiteClient | null {
  const [url] = addresses;
  if (url === undefined || !addresses.some(isSite)) {
    const lost = OF_SITES.find((flag) => flags[flag] !== undefined);
    if (lost === undefined) return null;
    throw new ConfigError("QKD_USAGE", `--${lost} has no effect on units`, { remedy: "leave it out" });
  }
  if (addresses.length > 1)
    throw new ConfigError("QKD_USAGE", "a site is watched by itself", { remedy: "name it alone" });
  if (flags.telemetry !== undefined)
    throw new ConfigError("QKD_USAGE", "--telemetry has no effect on a site", { remedy: "leave it out" });
  return siteClientOf(url, flags);
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

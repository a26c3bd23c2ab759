import { Command } from "commander";
import { type RecordedUnit, recordedIdentity } from "../capture/index.ts";
import { listenOn, type Port, parseSpeed } from "../emulator/index.ts";
import { CaptureError, ConfigError } from "../errors/index.ts";
import { timeText } from "./recording/packet-text.ts";
import { readUnits } from "./recording/read-units.ts";
import { ReplayClock } from "./recording/replay-clock.ts";
import { type ServedUnit, serveUnit } from "./recording/replay-unit.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";
import { wholeNumber } from "./whole-number.ts";

interface ReplayFlags {
  readonly listen?: readonly string[];
  readonly unit?: number;
  readonly speed: string;
  readonly json?: true;
}

/** A unit that is served, as it is told. */
interface Served {
  readonly unit: number;
  readonly name: string;
  readonly session: string | undefined;
  readonly telemetry: string | undefined;
}

/** `qkdlink replay`: serves recorded units, so that drivers, watch and explain run against them. */
export function replayCommand(): Command {
  return new Command("replay")
    .description("serve the units of a recording on ports of their own, with what they said at its time")
    .argument("<file>", "a recording of qkdlink record; the files that follow it are read as well")
    .option(
      "--listen <address>",
      "where to listen: tcp://HOST:PORT, modbus+tcp://HOST:PORT, serial:…; repeatable, in the order of units",
      several,
    )
    .option("--unit <n>", "this unit alone", wholeNumber)
    .option("--speed <real|max|factor>", "time of the recording against the wall clock", "real")
    .option("--json", "one JSON line when ready")
    .addHelpText(
      "after",
      `
The time of the recording starts once a driver has asked more than who the unit is, and stands still at its end. What would change a unit is
refused, and so is what was never recorded; raw key is in no recording.`,
    )
    .action(async (file: string, flags: ReplayFlags) => replay(file, flags));
}

async function replay(file: string, flags: ReplayFlags): Promise<void> {
  const speed = speedOf(flags.speed);
  const stop = new StopRequest(endOverdue);
  const ports: Port[] = [];
  const served: ServedUnit[] = [];
  try {
    const { units, damage } = await readUnits(file);
    if (damage !== undefined) process.stderr.write(`${damage.line}\n`);
    const told: Served[] = [];
    const listen = [...(flags.listen ?? [])];
    for (const [number, unit] of chosen(units, flags.unit)) {
      const { firstNs = 0n, lastNs } = unit;
      const one = serveUnit(unit, new ReplayClock({ firstNs, lastNs }, speed));
      served.push(one);
      const open = async (scheme: string, there: boolean): Promise<string | undefined> => {
        const at = listen.findIndex((address) => /^modbus/.test(address) === /^modbus/.test(scheme));
        const [address] = at < 0 ? [] : listen.splice(at, 1);
        if (!there && address === undefined) return undefined;
        const port = await listenOn(address ?? `${scheme}://127.0.0.1:0`, one);
        ports.push(port);
        return port.address;
      };
      const session = await open("tcp", recordedIdentity(unit) !== undefined);
      const telemetry = await open("modbus+tcp", !unit.registers.empty);
      told.push({ unit: number, name: nameOf(unit), session, telemetry });
    }
    if (listen.length > 0) throw new ConfigError("QKD_USAGE", `no unit is left for ${listen[0]}`);
    report(told, units, flags.json === true);
    await stop.made;
  } finally {
    for (const unit of served) unit.close();
    await Promise.all(ports.map((port) => port.close()));
    stop.close();
  }
}

function chosen(
  units: ReadonlyMap<number, RecordedUnit>,
  wanted: number | undefined,
): readonly (readonly [number, RecordedUnit])[] {
  if (wanted === undefined) return [...units].toSorted(([a], [b]) => a - b);
  const unit = units.get(wanted);
  if (unit !== undefined) return [[wanted, unit]];
  throw new CaptureError("QKD_CAPTURE_MISSING", `the recording has no unit ${wanted}`, {
    remedy: `name one of the units ${[...units.keys()].toSorted((a, b) => a - b).join(", ")}`,
  });
}

function nameOf(unit: RecordedUnit): string {
  const identity = recordedIdentity(unit);
  if (identity === undefined) return "never said who it is";
  // Names come from the unit: a terminal obeys none of them.
  return `${identity.role} ${identity.model} ${identity.serial}`.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

function report(told: readonly Served[], units: ReadonlyMap<number, RecordedUnit>, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ ready: true, units: told })}\n`);
    return;
  }
  for (const { unit, name, session, telemetry } of told) {
    const { firstNs = 0n, lastNs, rawKeyFrames } = units.get(unit) as RecordedUnit;
    const seconds = Number((lastNs - firstNs) / 1_000_000n) / 1000;
    const key = rawKeyFrames === 0 ? "" : `, ${rawKeyFrames} raw-key frames without their key`;
    process.stdout.write(`unit ${unit}   ${name}, ${seconds} s from ${timeText(firstNs)}${key}\n`);
    for (const address of [session, telemetry])
      if (address !== undefined) process.stdout.write(`         ${address}\n`);
  }
  process.stdout.write("ready\n");
}

function speedOf(text: string): number {
  const speed = parseSpeed(text);
  return speed === "max" ? Number.POSITIVE_INFINITY : speed === "real" ? 1 : Number(speed);
}

function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

import {
  INPUT_REGISTERS,
  type RegisterName,
  type RegisterValues,
  type ReplyOf,
  registerLevel,
} from "../../protocol/index.ts";
import type { HealthQuantity, TransceiverHealth, TransceiverState } from "./transceiver.ts";

/** A set of readings with the time it arrived, in ms of the driver's clock. */
export interface Dated<T> {
  readonly values: T;
  readonly atMs: number;
}

/** Everything health is made of. */
export interface HealthSources {
  readonly connection: TransceiverState;
  readonly role: "qtx" | "qrx";
  readonly status: Dated<ReplyOf<"getStatus">> | undefined;
  readonly telemetry: Dated<RegisterValues> | undefined;
}

/** A reading older than this says nothing about now: its level is invalid. */
export const STALE_MS = 10_000;

/** What the protocol's status tells, under the names of the register map where it has the same quantity. */
function statusReadings(role: "qtx" | "qrx", status: ReplyOf<"getStatus">): Reading[] {
  const both: Reading[] = [
    ["uptimeS", "s", Number(status.uptimeMs) / 1000],
    ["qberPpm", "ppm", status.qberPpm, "qberZPpm"],
    ["visibility", "", status.visibility],
    ["internalTemperatureC", "degC", status.internalTemperatureC],
    ["framesProduced", "", status.framesProduced],
    ["framesSent", "", status.framesSent],
    ["framesDropped", "", status.framesDropped],
    ["detectionsDropped", "", status.detectionsDropped],
    ["frameErrors", "", status.frameErrors],
    ["requestErrors", "", status.requestErrors],
    ["activeAlarms", "", status.activeAlarms],
  ];
  const own: Reading[] =
    role === "qtx"
      ? [["laserTemperatureC", "degC", status.laserTemperatureC]]
      : [
          ["detectorTemperatureC", "degC", status.detectorTemperatureC, "detector0TemperatureC"],
          ["detector0CountRateHz", "Hz", status.countRate0Hz],
          ["detector1CountRateHz", "Hz", status.countRate1Hz],
        ];
  return [...both, ...own];
}

/** Name, unit, value and, where it is not the name itself, the register whose ranges judge it. */
type Reading = readonly [name: string, unit: string, value: number | null, judgedAs?: RegisterName];

/** Merges both planes into one view: each quantity once, from whichever plane read it last. */
export function mergeHealth(sources: HealthSources, nowMs: number): TransceiverHealth {
  const { status, telemetry, connection } = sources;
  const merged = new Map<string, HealthQuantity>();
  const add = (reading: Reading, source: HealthQuantity["source"], atMs: number) => {
    const [name, unit, value, judgedAs] = reading;
    if (value === null) return;
    const ageMs = Math.max(0, nowMs - atMs);
    const known = merged.get(name);
    if (known !== undefined && known.ageMs <= ageMs) return;
    merged.set(name, { name, unit, value, level: levelOf(judgedAs ?? name, value, ageMs), ageMs, source });
  };
  if (telemetry !== undefined)
    for (const [name, { unit }] of Object.entries(INPUT_REGISTERS))
      add([name, unit, telemetry.values[name as RegisterName] ?? null], "modbus", telemetry.atMs);
  if (status !== undefined)
    for (const reading of statusReadings(sources.role, status.values)) add(reading, "protocol", status.atMs);
  const quantities = [...merged.values()];
  const latest = (name: string) => merged.get(name)?.value;
  return {
    state: connection === "online" ? (status?.values.state ?? "idle") : "offline",
    qberPpm: latest("qberPpm") ?? latest("qberZPpm") ?? null,
    quantities,
    droppedFrames: latest("framesDropped") ?? 0,
  };
}

function levelOf(name: string, value: number, ageMs: number): HealthQuantity["level"] {
  if (ageMs > STALE_MS) return "invalid";
  return name in INPUT_REGISTERS ? registerLevel(INPUT_REGISTERS[name as RegisterName], value) : "ok";
}

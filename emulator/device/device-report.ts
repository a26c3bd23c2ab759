import {
  DEVICE_STATES,
  REGISTER_MAP_VERSION,
  type RegisterValues,
  type ReplyOf,
  ROLES,
} from "../../protocol/index.ts";
import type { DeviceState } from "./device-mode.ts";
import type { Role } from "./device-profile.ts";
import type { KeyExchange } from "./keys/key-exchange.ts";
import type { LinkReadings } from "./keys/link-readings.ts";

/** What a device knows of itself at one moment. */
export interface DeviceMoment {
  readonly role: Role;
  readonly state: DeviceState;
  readonly uptimeMs: number;
  readonly keyExchange: KeyExchange | undefined;
  readonly readings: LinkReadings | null;
  readonly activeAlarms: number;
  readonly errors: { readonly frameErrors: number; readonly requestErrors: number };
}

/** The status message of that moment; `values` are the analogue readings. */
export function statusOf(now: DeviceMoment, values: RegisterValues): ReplyOf<"getStatus"> {
  const { produced = 0, sent = 0, dropped = 0, detectionsDropped = 0 } = now.keyExchange?.outbox.counts ?? {};
  const detectorsC = [values.detector0TemperatureC, values.detector1TemperatureC].filter((c) => c != null);
  return {
    state: now.state,
    uptimeMs: BigInt(Math.floor(now.uptimeMs)),
    sessionNumber: now.keyExchange?.number ?? 0,
    qberPpm: now.readings?.qberPpm ?? null,
    visibility: now.readings?.visibility ?? null,
    countRate0Hz: values.detector0CountRateHz ?? 0,
    countRate1Hz: values.detector1CountRateHz ?? 0,
    laserTemperatureC: values.laserTemperatureC ?? null,
    detectorTemperatureC: detectorsC.length === 0 ? null : Math.max(...detectorsC),
    internalTemperatureC: values.internalTemperatureC ?? 0,
    framesProduced: produced,
    framesSent: sent,
    framesDropped: dropped,
    detectionsDropped,
    ...now.errors,
    activeAlarms: now.activeAlarms,
  };
}

/** State and counters of the register map; 32-bit counters start over before the absent value. */
export function counterRegisters(now: DeviceMoment): RegisterValues {
  const wrap = (count: number): number => Math.floor(count) % 0xffff_ffff;
  const counts = now.keyExchange?.outbox.counts;
  const counters = now.keyExchange?.counters;
  return {
    mapVersion: REGISTER_MAP_VERSION,
    role: ROLES[now.role],
    state: DEVICE_STATES[now.state],
    activeAlarms: now.activeAlarms,
    uptimeS: wrap(now.uptimeMs / 1000),
    sessionNumber: now.keyExchange?.number ?? 0,
    framesProduced: wrap(counts?.produced ?? 0),
    framesDropped: wrap(counts?.dropped ?? 0),
    detections: wrap(counters?.detections ?? 0),
    siftableDetections: wrap(counters?.zDetections ?? 0),
    doubleClicks: wrap(counters?.doubleClicks ?? 0),
  };
}

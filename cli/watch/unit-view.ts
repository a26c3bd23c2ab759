import type {
  DeviceIdentity,
  HealthQuantity,
  TransceiverAlarm,
  TransceiverHealth,
  TransceiverState,
} from "../../drivers/index.ts";
import { type AlarmMemory, remember } from "./alarm-memory.ts";

/** Readings that a trend line holds, one a second. */
const TREND_POINTS = 120;
/** Quantities whose course is drawn. */
const TRENDS = ["qberPpm", "detector0CountRateHz", "detector1CountRateHz", "laserPowerDbm"] as const;

/** Everything that a watch knows of one unit. */
export interface UnitView {
  readonly address: string;
  readonly identity: DeviceIdentity;
  readonly connection: TransceiverState;
  /** Since when the connection is what it is, ms of the watch's clock. */
  readonly connectionSinceMs: number;
  /** Why it is not up, where that is known. */
  readonly trouble: string | null;
  readonly health: TransceiverHealth | null;
  /** When the last reading came; null before the first. */
  readonly readAtMs: number | null;
  readonly alarms: AlarmMemory;
  readonly trends: ReadonlyMap<string, readonly number[]>;
}

/** What a watch hears of a unit. */
export type UnitInput =
  | { readonly type: "connection"; readonly state: TransceiverState; readonly trouble: string | null }
  | { readonly type: "health"; readonly health: TransceiverHealth }
  | { readonly type: "alarm"; readonly alarm: TransceiverAlarm };

/** What is worth a line of its own. */
export type Notice =
  | { readonly type: "connection"; readonly state: TransceiverState; readonly trouble: string | null }
  | { readonly type: "level"; readonly quantity: HealthQuantity; readonly before: HealthQuantity["level"] }
  | { readonly type: "state"; readonly state: TransceiverHealth["state"] }
  | { readonly type: "alarm"; readonly alarm: TransceiverAlarm };

/** A unit that was just opened. */
export function newUnit(address: string, identity: DeviceIdentity, nowMs: number): UnitView {
  return {
    address,
    identity,
    connection: "online",
    connectionSinceMs: nowMs,
    trouble: null,
    health: null,
    readAtMs: null,
    alarms: new Map(),
    trends: new Map(),
  };
}

/** One step of what is known of a unit. Pure; `nowMs` is a steady clock. */
export function unitStep(
  view: UnitView,
  input: UnitInput,
  nowMs: number,
): readonly [UnitView, readonly Notice[]] {
  switch (input.type) {
    case "connection":
      if (input.state === view.connection) return [{ ...view, trouble: input.trouble }, []];
      return [
        { ...view, connection: input.state, connectionSinceMs: nowMs, trouble: input.trouble },
        [{ type: "connection", state: input.state, trouble: input.trouble }],
      ];
    case "alarm":
      return [
        { ...view, alarms: remember(view.alarms, input.alarm, nowMs) },
        [{ type: "alarm", alarm: input.alarm }],
      ];
    case "health":
      return [read(view, input.health, nowMs), changes(view.health, input.health)];
  }
}

function read(view: UnitView, health: TransceiverHealth, nowMs: number): UnitView {
  // Without a connection the driver goes on to tell old values with their ages.
  const fresh = health.state !== "offline";
  return {
    ...view,
    health,
    readAtMs: fresh ? nowMs : view.readAtMs,
    trends: fresh ? withTrends(view, health, nowMs) : view.trends,
  };
}

function withTrends(view: UnitView, health: TransceiverHealth, nowMs: number): UnitView["trends"] {
  const second = Math.floor(nowMs / 1000);
  if (view.readAtMs !== null && Math.floor(view.readAtMs / 1000) === second) return view.trends;
  const trends = new Map(view.trends);
  for (const name of TRENDS) {
    const value = name === "qberPpm" ? health.qberPpm : quantityOf(health, name)?.value;
    if (value !== undefined && value !== null)
      trends.set(name, [...(trends.get(name) ?? []), value].slice(-TREND_POINTS));
  }
  return trends;
}

/** A quantity by name. */
export function quantityOf(health: TransceiverHealth, name: string): HealthQuantity | undefined {
  return health.quantities.find((quantity) => quantity.name === name);
}

function changes(before: TransceiverHealth | null, health: TransceiverHealth): Notice[] {
  const notices: Notice[] = [];
  if (before?.state !== health.state) notices.push({ type: "state", state: health.state });
  // Every quantity of a unit that does not answer grows old at once; the connection's line says why.
  if (health.state === "offline") return notices;
  for (const quantity of health.quantities) {
    const known = before === null ? undefined : quantityOf(before, quantity.name);
    if (quantity.level !== (known?.level ?? "ok"))
      notices.push({ type: "level", quantity, before: known?.level ?? "ok" });
  }
  return notices;
}

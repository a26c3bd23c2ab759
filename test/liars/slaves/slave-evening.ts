import { setImmediate as turn } from "node:timers/promises";
import { openTelemetry, type TelemetryUpdate } from "../../../drivers/index.ts";
import { crashesDuring } from "../crashes.ts";
import type { Verdict } from "../evening.ts";
import type { Clock } from "../virtual-link.ts";
import { LyingSlave, SERIAL, TEMPERATURE_C, UNIT } from "./lying-slave.ts";
import { ASKED, type Asked, SLAVE_DEVIATIONS, type SlaveDeviation } from "./slave-deviations.ts";

/** A slave that lies about its answers to one kind of request; the right unit, or another one behind its address. */
export interface SlaveCase {
  readonly about: Asked;
  readonly deviation: SlaveDeviation;
  readonly foreign: boolean;
}

/** Every kind of request x every deviation, by the right unit and by another. */
export const SLAVE_CASES: readonly SlaveCase[] = (Object.keys(ASKED) as Asked[]).flatMap((about) =>
  SLAVE_DEVIATIONS.flatMap((deviation) => [true, false].map((foreign) => ({ about, deviation, foreign }))),
);

const INTERVAL_MS = 100;
const TIMEOUT_MS = 100;
const TICK_MS = 20;
/** Turns of the event loop in which what is on a local socket arrives. */
const TURNS = 8;
/** Three silent rounds, a new connection, and some. */
const AGAIN_MS = 2000;
/** What says that a device has no identification: nothing can be checked then. */
const UNCHECKABLE = /^exception 1(, always)?$/;

/** Plays one case: readings, the lie over a lost line, the right unit and good behaviour, and the account. */
export async function playSlave(clock: Clock, { about, deviation, foreign }: SlaveCase): Promise<Verdict> {
  const traces: string[] = [];
  const named = new Set<string>();
  let lies = 0;
  const crashes = await crashesDuring(async () => {
    const slave = new LyingSlave();
    const port = await slave.listen();
    const telemetry = openTelemetry(`modbus+tcp://127.0.0.1:${port}?unit=${UNIT}`, {
      intervalMs: INTERVAL_MS,
      timeoutMs: TIMEOUT_MS,
      expectedSerial: SERIAL,
    });
    const updates: TelemetryUpdate[] = [];
    const subscription = telemetry.updates$.subscribe((update) => updates.push(update));
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += TICK_MS) {
        clock(TICK_MS);
        for (let at = 0; at < TURNS; at++) await turn();
      }
    };
    try {
      await pass(600);
      if (!updates.some(({ type }) => type === "reading")) traces.push("no reading to begin with");
      // Another unit comes to the address while the line is lost.
      slave.foreign = foreign;
      slave.lie = { about, deviation };
      slave.unplug();
      await pass(3000);
      lies = slave.lies;
      slave.lie = null;
      slave.foreign = false;
      slave.unplug();
      const { length } = updates;
      await pass(AGAIN_MS);
      const again = updates.slice(length).some((update) => temperatureOf(update) === TEMPERATURE_C.right);
      if (!again) traces.push("no reading afterwards");
      const others = updates.some((update) => temperatureOf(update) === TEMPERATURE_C.other);
      if (others && !(about === "identification" && UNCHECKABLE.test(deviation.name)))
        traces.push("a reading of another unit");
      for (const update of updates) if (update.type === "failed") named.add(update.error.code);
    } finally {
      subscription.unsubscribe();
      await telemetry.close();
      await slave.close();
    }
  });
  return {
    message: `${about}${foreign ? " of another unit" : ""}`,
    liar: "slave",
    deviation: deviation.name,
    of: deviation.of,
    lies,
    named: [...named].sort(),
    lost: 0,
    traces: [...traces, ...crashes],
  };
}

function temperatureOf(update: TelemetryUpdate): number | null {
  return update.type === "reading" ? (update.values.internalTemperatureC ?? null) : null;
}

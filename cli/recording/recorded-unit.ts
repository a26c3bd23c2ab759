import type { Recorder } from "../../capture/index.ts";
import { openTelemetry, openTransceiver } from "../../drivers/index.ts";
import type { UnitAddresses } from "./units.ts";

/** What may change without a word from the unit is asked for so often. */
const ASK_EVERY_MS = 60_000;

/** A unit whose lines are recorded. */
export interface RecordedUnit {
  /** Who it is, for people. */
  readonly name: string;
  close(): Promise<void>;
}

/**
 * Opens a unit with a tap on its lines, and asks it for what a reader of the recording wants to know: who it is, its parameters,
 * alarms, log, telemetry. It changes nothing at the unit. Rejects as `openTransceiver` does.
 */
export async function recordUnit(
  recorder: Recorder,
  name: string,
  { session, telemetry }: UnitAddresses,
  signal: AbortSignal,
): Promise<RecordedUnit> {
  const tap = recorder.unit(name, [session, telemetry].filter((one) => one !== undefined).join(" and "));
  if (session === undefined) {
    const line = openTelemetry(telemetry ?? "", { tap });
    const updates = line.updates$.subscribe();
    line.identification().catch(() => {});
    return {
      name: `telemetry at ${telemetry}`,
      close: async () => {
        updates.unsubscribe();
        await line.close();
      },
    };
  }
  const transceiver = await openTransceiver(session, {
    tap,
    signal,
    ...(telemetry === undefined ? {} : { telemetry }),
  });
  const health = transceiver.health$.subscribe();
  // A unit that refuses one of these is recorded all the same, with its refusal.
  const ask = (): void => {
    for (const answer of [
      transceiver.listParameters(),
      transceiver.activeAlarms(),
      transceiver.readLog(),
      transceiver.service.describe(),
    ] as readonly Promise<unknown>[])
      answer.catch(() => {});
  };
  ask();
  const asking = setInterval(ask, ASK_EVERY_MS);
  transceiver.telemetry?.identification().catch(() => {});
  const { model, serial, role } = transceiver.identity;
  return {
    name: `${role} ${model} ${serial}`,
    close: async () => {
      clearInterval(asking);
      health.unsubscribe();
      await transceiver.close();
    },
  };
}

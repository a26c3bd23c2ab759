import { setTimeout as sleep } from "node:timers/promises";
import { linkCounters, linkReadings } from "../../controller/index.ts";
import {
  type LinkCounters,
  type LinkReadings,
  type Look,
  lookAtCounters,
  lookAtReadings,
} from "../../diagnosis/index.ts";
import { openTelemetry, type Telemetry } from "../../drivers/index.ts";
import { ConfigError } from "../../errors/index.ts";

/** Registers of one or both units of a link, read without disturbing anything. */
export interface RegistersOfLink {
  readonly linkId: string;
  /** Reads twice a second for so long. */
  readonly look: (forS: number, clockHz: number, told: (passedS: number) => void) => Promise<Look>;
  readonly close: () => Promise<void>;
}

const READ_MS = 500;

/**
 * Opens the telemetry of one or both units.
 * @throws ConfigError QKD_USAGE for units of different links or of one role; what reading them rejects with.
 */
export async function registersOfLink(
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<RegistersOfLink> {
  const lines: Telemetry[] = [];
  const close = async (): Promise<void> => {
    await Promise.allSettled(lines.map((line) => line.close()));
  };
  const ends = new Map<string, Telemetry>();
  const links = new Set<string>();
  try {
    for (const address of addresses) {
      const line = openTelemetry(address);
      lines.push(line);
      const { role = "", linkId = "" } = await line.identification();
      if (role !== "qtx" && role !== "qrx")
        throw mistake(`${address} does not say which end of a link it is`);
      if (ends.has(role)) throw mistake("both addresses lead to units of the same role");
      ends.set(role, line);
      links.add(linkId);
    }
    if (links.size !== 1) throw mistake("the units belong to different links");
  } catch (error) {
    await close();
    throw error;
  }
  const read = async () => {
    const [alice, bob] = await Promise.all([ends.get("qtx")?.read(), ends.get("qrx")?.read()]);
    const values = [bob?.values, alice?.values].filter((one) => one !== undefined);
    return {
      readings: linkReadings({ alice: alice?.values, bob: bob?.values, biasSetV: null }),
      counters: linkCounters(values),
    };
  };
  return {
    linkId: [...links][0]!,
    close,
    async look(forS, clockHz, told) {
      const readings: LinkReadings[] = [];
      const counters: LinkCounters[] = [];
      const started = performance.now();
      const passedS = () => (performance.now() - started) / 1000;
      do {
        const moment = await read();
        readings.push(moment.readings);
        counters.push(moment.counters);
        told(passedS());
        const restMs = Math.min(READ_MS, Math.max(0, (forS - passedS()) * 1000));
        await sleep(restMs, undefined, { signal }).catch(() => {});
      } while (passedS() < forS && !signal.aborted);
      return { ...lookAtCounters(counters, clockHz), ...lookAtReadings(readings) };
    },
  };
}

const mistake = (sentence: string): ConfigError =>
  new ConfigError("QKD_USAGE", sentence, { remedy: "name the telemetry of the units of one link" });

import { setTimeout as sleep } from "node:timers/promises";
import { type LearningLook, type LinkSettings, learnBaseline } from "../../diagnosis/index.ts";
import type { LinkParameters } from "../../physics/index.ts";
import { PARAMETERS } from "../../protocol/index.ts";
import { prepareBaseline, saveBaseline } from "./baseline-file.ts";
import type { LinkUnits } from "./look-collector.ts";
import { nothingSeen } from "./nothing-seen.ts";
import { watchUnits } from "./watch-units.ts";

/** How a baseline is learnt. Seconds. */
export interface LearnOrder {
  readonly path: string;
  readonly forS: number;
  readonly lookS: number;
  /** From the beginning of a look to that of the next. */
  readonly everyS: number;
  readonly signal: AbortSignal;
  readonly told: (passedS: number, gates: number) => void;
}

/** Learns what is usual for a link from its own soak and writes it. An aborted signal ends the soak early. */
export async function learnUnits(
  units: LinkUnits,
  { path, forS, lookS, everyS, signal, told }: LearnOrder,
): Promise<{ readonly looks: number; readonly link: LinkParameters }> {
  prepareBaseline(path);
  const settings = await settingsOf(units);
  const started = performance.now();
  const passedS = () => (performance.now() - started) / 1000;
  const looks: LearningLook[] = [];
  do {
    const atS = passedS();
    const oneS = Math.min(lookS, Math.max(1, forS - atS));
    const look = await watchUnits(units, oneS, signal, (s, gates) => told(atS + s, gates));
    if (look.slices.length > 0) looks.push({ atS, ...look });
    const restMs = Math.max(0, Math.min(atS + everyS, forS) - passedS()) * 1000;
    await sleep(restMs, undefined, { signal }).catch(() => {});
  } while (!signal.aborted && passedS() < forS - 1);
  if (looks.length === 0) throw nothingSeen();
  const baseline = learnBaseline(looks, settings);
  const { clockHz, linkId, serial } = units.alice.device.identity;
  const serials = { alice: serial, bob: units.bob.device.identity.serial };
  saveBaseline(path, { linkId, serials, learntUtc: new Date().toISOString(), clockHz, baseline });
  return { looks: looks.length, link: baseline.link };
}

/** Settings of both units that the closed form needs. */
async function settingsOf({ alice, bob }: LinkUnits): Promise<LinkSettings> {
  const read = async ({ device }: LinkUnits["alice"], name: keyof typeof PARAMETERS): Promise<number> =>
    Number(await device.getParameter(PARAMETERS[name].id));
  return {
    clockHz: alice.device.identity.clockHz,
    intensities: [
      await read(alice, "meanPhotonsU"),
      await read(alice, "meanPhotonsV"),
      await read(alice, "meanPhotonsW"),
    ],
    deadGates: await read(bob, "deadTimeGates"),
  };
}

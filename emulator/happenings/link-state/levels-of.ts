import type { ClassicalChannel } from "../../../physics/index.ts";
import type { Blinding } from "../../optics/conditions.ts";
import { SITES } from "../site-name.ts";
import type { Level } from "./level.ts";
import type { LinkPlan, LinkState } from "./link-state.ts";

/** Channels whose received power the devices' instruments watch. */
const WATCHED_CHANNELS = 4;

/** The state as levels, each under a name of its own; levels replace what was set before. */
export function levelsOf(state: LinkState, plan: LinkPlan): ReadonlyMap<string, Level> {
  const { attack } = state;
  const lit: ClassicalChannel[] = [];
  const levels = new Map<string, Level>();
  const put = (name: string, level: Level): void => void levels.set(name, level);
  for (const [index, channel] of plan.channels.entries()) {
    const launchDbm = state.litDbm[channel.name];
    if (launchDbm !== undefined)
      lit.push({ frequencyThz: channel.frequencyThz, direction: channel.direction, launchDbm });
    if (index < WATCHED_CHANNELS)
      put(`classical ${index}`, { type: "classicalPower", channel: index + 1, dbm: launchDbm ?? null });
  }
  for (let index = plan.channels.length; index < WATCHED_CHANNELS; index++)
    put(`classical ${index}`, { type: "classicalPower", channel: index + 1, dbm: null });
  put("multiplex", {
    type: "multiplex",
    plan: lit.length === 0 ? undefined : { ...plan.multiplex, channels: lit },
  });
  put("loss", { type: "fibreLoss", db: rounded(sum(Object.values(state.lossesDb))) });
  put("cut", { type: "fibreCut", cut: state.cut });
  put("laser", { type: "laser", on: state.laserWorks });
  put("laserPower", { type: "laserPower", relative: state.laserPower });
  put("visibility", { type: "visibility", visibility: state.visibility });
  put("phaseDrift", { type: "phaseDrift", ...state.phaseDrift });
  put("modeHop", { type: "modeHop", radian: state.modeHopRad });
  put("arrivalDrift", { type: "arrivalDrift", ps: state.arrivalDriftPs });
  put("modulatorOffset", { type: "modulatorOffset", volt: state.modulatorOffsetV });
  put("detectorWear", { type: "detectorWear", ...state.detectorWear });
  put("afterpulses", { type: "afterpulses", factor: state.afterpulseFactor });
  put("biasResistor", { type: "biasResistor", ohm: state.biasResistorOhm });
  put("strayLight", { type: "strayLight", perGate: state.strayPerGate });
  put("attenuatorSlope", { type: "attenuatorSlope", dbPerDb: state.attenuatorDbPerDb });
  put("clockSlip", { type: "clockSlip", gates: state.slipGates });
  const intercept = attack?.kind === "interceptResend" ? attack : { fraction: 0, basisBias: 0.5 };
  put("interceptResend", {
    type: "interceptResend",
    fraction: intercept.fraction,
    basisBias: intercept.basisBias,
  });
  put("photonSplitting", {
    type: "photonSplitting",
    fraction: attack?.kind === "photonSplitting" ? attack.fraction : 0,
  });
  put("blinding", { type: "blinding", attack: attack?.kind === "blinding" ? blindingOf(attack) : undefined });
  put("timeShift", { type: "timeShift", ps: state.timeShiftPs });
  put("trojanLight", { type: "trojanLight", dbm: state.trojanLightDbm });
  for (const site of SITES) {
    put(`ambient ${site}`, { type: "ambient", site, celsius: state.ambientC[site] });
    put(`fault ${site}`, { type: "deviceFault", site, text: state.deviceFault[site] });
  }
  return levels;
}

/** What the instruments see of lit channels that replace every other. */
export function watchedLevels(channels: readonly ClassicalChannel[]): Level[] {
  return Array.from({ length: WATCHED_CHANNELS }, (_, index) => ({
    type: "classicalPower",
    channel: index + 1,
    dbm: channels[index]?.launchDbm ?? null,
  }));
}

/** Levels of `after` that differ from those of `before`. */
export function changedLevels(
  before: ReadonlyMap<string, Level>,
  after: ReadonlyMap<string, Level>,
): Level[] {
  const changed: Level[] = [];
  for (const [name, level] of after)
    if (JSON.stringify(level) !== JSON.stringify(before.get(name))) changed.push(level);
  return changed;
}

function blindingOf({ lightMw, fakedPerGate, basisBias }: Blinding): Blinding {
  return { lightMw, fakedPerGate, basisBias };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Losses are known no better than this; sums of them would carry rounding noise. */
const rounded = (db: number): number => Math.round(db * 1e6) / 1e6;

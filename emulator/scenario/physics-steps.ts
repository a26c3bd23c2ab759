import type { PlannedChannel } from "./channel-plan.ts";
import { checkedSeconds } from "./duration.ts";
import type { LinkState, PulseAttack } from "./link-state.ts";
import type { Scenario, ScenarioEvent } from "./scenario.ts";
import type { TimelineEntry } from "./timeline-entry.ts";

/** A change of the link's state at a moment of the timeline. */
export interface StateStep {
  readonly atS: number;
  readonly entry: TimelineEntry;
  change(state: LinkState): LinkState;
}

type Change = StateStep["change"];

/** A gradual change is made in at most so many steps, none shorter than this. */
const RAMP_STEPS = 200;
const LEAST_STEP_S = 0.1;
/** Steps of one swing in the wind. */
const SWAY_STEPS = 16;

/** The steps of one happening; none for an event of the wire. */
export function physicsSteps(
  entry: TimelineEntry,
  { fibre }: Scenario,
  channels: readonly PlannedChannel[],
): StateStep[] {
  const { event } = entry;
  switch (event.event) {
    case "cut":
      return lasting(
        entry,
        (state) => ({ ...state, cut: true }),
        (state) => ({ ...state, cut: false }),
      );
    case "repair":
      return lasting(entry, (state) => ({ ...state, cut: false }));
    case "bend":
      return [...ramp(entry, lossOf(entry.key), event.lossDb), ...ending(entry, withoutLoss(entry.key))];
    case "sway":
      return sway(entry, event.amplitudeDb, checkedSeconds(event.period));
    case "dirt":
      return ramp(entry, lossOf(connectorKey(event.connector)), event.lossDb);
    case "clean": {
      const joint = fibre.connectors?.find(({ name }) => name === event.connector);
      return ramp(entry, lossOf(connectorKey(event.connector)), joint?.lossDb ?? 0);
    }
    case "light": {
      const planned = channels.find(({ name }) => name === event.channel);
      const dbm = event.launchDbm ?? planned?.launchDbm ?? 0;
      return lasting(entry, lit(event.channel, dbm), lit(event.channel, undefined));
    }
    case "darken":
      return lasting(entry, lit(event.channel, undefined));
    case "power":
      return ramp(entry, powerOf(event.channel), event.launchDbm);
    case "ambient":
      return ramp(entry, ambientOf(event.site), event.celsius);
    case "age":
      return ramp(entry, LASER_POWER, event.relativePower);
    case "laserFailure":
      return lasting(
        entry,
        (state) => ({ ...state, laserWorks: false }),
        (state) => ({ ...state, laserWorks: true }),
      );
    case "visibility":
      return [...ramp(entry, visibilityOf("z"), event.z), ...ramp(entry, visibilityOf("x"), event.x)];
    case "phaseDrift": {
      const { relaxationPerS, diffusionRadPerSqrtS } = event;
      return lasting(
        entry,
        (state) => ({ ...state, phaseDrift: { relaxationPerS, diffusionRadPerSqrtS } }),
        (state) => ({ ...state, phaseDrift: NO_DRIFT }),
      );
    }
    case "interceptResend":
    case "photonSplitting":
    case "blinding":
      return lasting(
        entry,
        (state) => ({ ...state, attack: attackOf(event) }),
        (state) => ({ ...state, attack: undefined }),
      );
    case "timeShift":
      return lasting(
        entry,
        (state) => ({ ...state, timeShiftPs: event.ps }),
        (state) => ({ ...state, timeShiftPs: 0 }),
      );
    case "trojanLight":
      return lasting(
        entry,
        (state) => ({ ...state, trojanLightDbm: event.dbm }),
        (state) => ({ ...state, trojanLightDbm: undefined }),
      );
    case "deviceFault": {
      const { site, text } = event;
      const fault =
        (what: string | null): Change =>
        (state) => ({ ...state, deviceFault: { ...state.deviceFault, [site]: what } });
      return lasting(entry, fault(text), fault(null));
    }
    default:
      return [];
  }
}

/** Where the loss of a connector stands among the losses. */
export const connectorKey = (name: string): string => `connector ${name}`;

/** No phase drift at all. */
export const NO_DRIFT = { relaxationPerS: 0, diffusionRadPerSqrtS: 0 } as const;

type Attack = Extract<ScenarioEvent, { event: PulseAttack["kind"] }>;

function attackOf(event: Attack): PulseAttack {
  switch (event.event) {
    case "interceptResend":
      return { kind: event.event, fraction: event.fraction, basisBias: event.basisBias };
    case "photonSplitting":
      return { kind: event.event, fraction: event.fraction };
    case "blinding": {
      const { lightMw, fakedPerGate, basisBias } = event;
      return { kind: event.event, lightMw, fakedPerGate, basisBias };
    }
  }
}

/** A change when the event begins and, where it ends, another one. */
function lasting(entry: TimelineEntry, begin: Change, end?: Change): StateStep[] {
  return [{ atS: entry.fromS, entry, change: begin }, ...(end === undefined ? [] : ending(entry, end))];
}

function ending(entry: TimelineEntry, change: Change): StateStep[] {
  return Number.isFinite(entry.toS) ? [{ atS: entry.toS, entry, change }] : [];
}

/** A number in the state that can be moved gradually. */
interface Quantity {
  get(state: LinkState): number;
  set(state: LinkState, value: number): LinkState;
}

/** Even steps from where the quantity is when the event begins. */
function ramp(entry: TimelineEntry, quantity: Quantity, target: number): StateStep[] {
  const { fromS, overS } = entry;
  const count = Math.max(1, Math.min(RAMP_STEPS, Math.floor(overS / LEAST_STEP_S)));
  return Array.from({ length: count }, (_, index) => ({
    atS: fromS + (overS * (index + 1)) / count,
    entry,
    change: (state: LinkState) => {
      const now = quantity.get(state);
      // What is left is shared out evenly among the steps that are left; the last one arrives exactly.
      const left = count - index;
      return quantity.set(state, left === 1 ? target : now + (target - now) / left);
    },
  }));
}

function sway(entry: TimelineEntry, amplitudeDb: number, periodS: number): StateStep[] {
  const stepS = Math.max(LEAST_STEP_S / 2, periodS / SWAY_STEPS);
  const count = Math.floor((entry.toS - entry.fromS) / stepS);
  const { get: _get, set } = lossOf(entry.key);
  const steps = Array.from({ length: count }, (_, index): StateStep => {
    const phase = (2 * Math.PI * (index + 0.5) * stepS) / periodS;
    const db = (amplitudeDb * (1 - Math.cos(phase))) / 2;
    return { atS: entry.fromS + index * stepS, entry, change: (state) => set(state, db) };
  });
  return [...steps, ...ending(entry, withoutLoss(entry.key))];
}

const lossOf = (key: string): Quantity => ({
  get: (state) => state.lossesDb[key] ?? 0,
  set: (state, value) => ({ ...state, lossesDb: { ...state.lossesDb, [key]: value } }),
});

function withoutLoss(key: string): Change {
  return (state) => {
    const { [key]: _gone, ...lossesDb } = state.lossesDb;
    return { ...state, lossesDb };
  };
}

function lit(channel: string, dbm: number | undefined): Change {
  return (state) => {
    const { [channel]: _before, ...others } = state.litDbm;
    return { ...state, litDbm: dbm === undefined ? others : { ...others, [channel]: dbm } };
  };
}

/** The power of a lit channel; a channel that went dark meanwhile stays dark. */
const powerOf = (channel: string): Quantity => ({
  get: (state) => state.litDbm[channel] ?? 0,
  set: (state, value) =>
    state.litDbm[channel] === undefined ? state : { ...state, litDbm: { ...state.litDbm, [channel]: value } },
});

const ambientOf = (site: "alice" | "bob"): Quantity => ({
  get: (state) => state.ambientC[site],
  set: (state, value) => ({ ...state, ambientC: { ...state.ambientC, [site]: value } }),
});

const LASER_POWER: Quantity = {
  get: (state) => state.laserPower,
  set: (state, laserPower) => ({ ...state, laserPower }),
};

const visibilityOf = (basis: "z" | "x"): Quantity => ({
  get: (state) => state.visibility[basis],
  set: (state, value) => ({ ...state, visibility: { ...state.visibility, [basis]: value } }),
});

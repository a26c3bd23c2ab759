import type { PlannedChannel } from "./channel-plan.ts";
import type { Scenario, ScenarioEvent } from "./scenario.ts";
import { type FieldPath, type ScenarioSource, scenarioError } from "./scenario-source.ts";
import type { TimelineEntry } from "./timeline-entry.ts";

/**
 * Refuses timelines that contradict themselves or the link: a repair without a cut, a second cut of a cut fibre, two events
 * at once that act on the same thing, names that nothing has. Entries are in the order of time.
 * @throws ConfigError QKD_SCENARIO_INVALID
 */
export function checkTimeline(
  entries: readonly TimelineEntry[],
  scenario: Scenario,
  channels: readonly PlannedChannel[],
  source: ScenarioSource,
): void {
  for (const entry of entries) checkNames(entry, scenario, channels, source);
  checkOverlaps(entries, source);
  checkSwitches(entries, switchesOf(channels), source);
}

function checkNames(
  { event, index }: TimelineEntry,
  { fibre, initial }: Scenario,
  channels: readonly PlannedChannel[],
  source: ScenarioSource,
): void {
  const path = ["timeline", index];
  const known = (field: string, name: string, names: readonly (string | undefined)[]): void => {
    if (names.includes(name)) return;
    const allowed = names.filter((one) => one !== undefined).join(", ");
    throw scenarioError(source, {
      path: [...path, field],
      says: `is ${name}`,
      value: name,
      allowed: allowed === "" ? `a named ${field}, and there is none` : `one of ${allowed}`,
    });
  };
  if ("channel" in event)
    known(
      "channel",
      event.channel,
      channels.map(({ name }) => name),
    );
  if ("connector" in event)
    known(
      "connector",
      event.connector,
      (fibre.connectors ?? []).map(({ name }) => name),
    );
  if (event.event === "sway" && fibre.kind !== "aerial")
    throw scenarioError(source, {
      path: [...path, "event"],
      says: "is sway on a buried fibre",
      value: "sway",
      allowed: "sway where fibre.kind is aerial",
    });
  if (event.event === "timeShift" && (initial?.detectorSkewPs ?? 0) === 0)
    throw scenarioError(source, {
      path: [...path, "event"],
      says: "is timeShift, which does nothing while the detectors' gates coincide",
      allowed: "timeShift with initial.detectorSkewPs other than 0",
    });
}

/** Two events may not hold the same thing at the same time. */
function checkOverlaps(entries: readonly TimelineEntry[], source: ScenarioSource): void {
  const holders = new Map<string, TimelineEntry>();
  for (const entry of entries) {
    const thing = heldThing(entry.event);
    if (thing === undefined) continue;
    const before = holders.get(thing);
    if (before !== undefined && busyUntil(before) > entry.fromS)
      throw scenarioError(source, {
        path: ["timeline", entry.index],
        says: `(${entry.event.event}) begins at ${entry.fromS} s, while ${described(before, source)} still holds ${thing}`,
      });
    holders.set(thing, entry);
  }
}

/** What moves gradually is busy until it has arrived, what lasts until it is over. */
function busyUntil({ event, fromS, toS, overS }: TimelineEntry): number {
  return gradual(event) ? fromS + overS : toS;
}

function gradual({ event }: ScenarioEvent): boolean {
  return ["dirt", "clean", "power", "ambient", "age", "visibility"].includes(event);
}

/** The thing that an event has for itself alone; undefined for events that go together with everything. */
function heldThing(event: ScenarioEvent): string | undefined {
  switch (event.event) {
    case "sway":
      return "the wind";
    case "dirt":
    case "clean":
      return `the connector ${event.connector}`;
    case "power":
      return `the power of the channel ${event.channel}`;
    case "ambient":
      return `the air at ${event.site}`;
    case "age":
      return "the laser's power";
    case "laserFailure":
      return "the laser";
    case "visibility":
      return "the visibility";
    case "phaseDrift":
      return "the phase drift";
    case "interceptResend":
    case "photonSplitting":
    case "blinding":
      return "the pulses, as an eavesdropper does,";
    case "timeShift":
      return "the arrival of the pulses";
    case "trojanLight":
      return "Alice's output";
    case "deviceFault":
      return `the state of ${event.site}'s device`;
    case "stall":
    case "halfOpen":
      return `all bytes of ${event.site}'s ${event.port} port`;
    case "bitFlips":
    case "truncation":
    case "duplicates":
    case "delay":
    case "trickle":
    case "baudMismatch":
    case "modbusException":
      return `the ${event.event} of ${event.site}'s ${event.port} port`;
    default:
      return undefined;
  }
}

/** Something that is either on or off, and the events that turn it. */
interface Switch {
  readonly what: string;
  readonly on: boolean;
  turnedBy(event: ScenarioEvent): boolean | undefined;
}

function switchesOf(channels: readonly PlannedChannel[]): Switch[] {
  const fibre: Switch = {
    what: "the fibre is cut",
    on: false,
    turnedBy: ({ event }) => (event === "cut" ? true : event === "repair" ? false : undefined),
  };
  const lit = channels.map(
    ({ name, lit }): Switch => ({
      what: `the channel ${name} is lit`,
      on: lit,
      turnedBy: (event) => {
        if (event.event === "light" && event.channel === name) return true;
        return event.event === "darken" && event.channel === name ? false : undefined;
      },
    }),
  );
  return [fibre, ...lit];
}

/** An event that turns a switch has to find it the other way round. */
function checkSwitches(
  entries: readonly TimelineEntry[],
  switches: readonly Switch[],
  source: ScenarioSource,
): void {
  for (const one of switches) {
    const turns = entries.flatMap((entry) => {
      const on = one.turnedBy(entry.event);
      if (on === undefined) return [];
      const turn = { atS: entry.fromS, on, entry };
      return Number.isFinite(entry.toS) ? [turn, { atS: entry.toS, on: !on, entry }] : [turn];
    });
    let on = one.on;
    for (const turn of turns.sort((a, b) => a.atS - b.atS)) {
      if (turn.on === on) throw unturned(turn.entry, one, on, turn.atS, source);
      on = turn.on;
    }
    for (const { event, index, fromS } of entries) {
      if (event.event !== "power" || one.what !== `the channel ${event.channel} is lit`) continue;
      const last = turns.filter((turn) => turn.atS <= fromS).at(-1);
      if (!(last?.on ?? one.on))
        throw scenarioError(source, {
          path: ["timeline", index, "channel"],
          says: `is ${event.channel}, which is dark at ${fromS} s`,
          value: event.channel,
          allowed: "a lit channel",
        });
    }
  }
}

function unturned(entry: TimelineEntry, one: Switch, on: boolean, atS: number, source: ScenarioSource) {
  const path: FieldPath = ["timeline", entry.index];
  const state = on ? one.what : one.what.replace(" is ", " is not ");
  const ends = atS !== entry.fromS ? " ends" : "";
  return scenarioError(source, {
    path,
    says: `(${entry.event.event})${ends} at ${atS} s, when ${state} already`.replace(
      /(is not \w+) already/,
      "$1",
    ),
    value: entry.event.event,
  });
}

function described({ event, index }: TimelineEntry, source: ScenarioSource): string {
  const line = source.lineOf(["timeline", index]);
  return `${event.event}${line === undefined ? ` (timeline[${index}])` : ` of line ${line}`}`;
}

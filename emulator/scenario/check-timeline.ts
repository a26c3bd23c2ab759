import { litSwitch } from "../happenings/channels/launch-power.ts";
import { declarationOf } from "../happenings/happenings.ts";
import { unknownName } from "../happenings/known-names.ts";
import type { LinkPlan, PlannedChannel } from "../happenings/link-state/link-state.ts";
import type { FieldPath } from "../schema/complaint.ts";
import type { ScenarioEvent } from "./scenario.ts";
import { type ScenarioSource, scenarioError } from "./scenario-source.ts";
import type { TimelineEntry } from "./timeline-entry.ts";

/**
 * Refuses timelines that contradict themselves or the link: a repair without a cut, a second cut of a cut fibre, two events
 * at once that act on the same thing, names that nothing has. Entries are in the order of time.
 * @throws ConfigError QKD_SCENARIO_INVALID
 */
export function checkTimeline(
  entries: readonly TimelineEntry[],
  plan: LinkPlan,
  source: ScenarioSource,
): void {
  for (const { event, index } of entries) checkEvent(event, ["timeline", index], plan, source);
  checkOverlaps(entries, source);
  checkSwitches(entries, switchesOf(plan.channels), source);
}

function checkEvent(event: ScenarioEvent, path: FieldPath, plan: LinkPlan, source: ScenarioSource): void {
  const unknown = unknownName(event, plan);
  if (unknown !== undefined) throw scenarioError(source, { ...unknown, path: [...path, ...unknown.path] });
  const refused = declarationOf(event).refuses?.(plan);
  if (refused === undefined) return;
  throw scenarioError(source, { ...refused, path: [...path, "event"], value: event.event });
}

/** Two events may not hold the same thing at the same time. */
function checkOverlaps(entries: readonly TimelineEntry[], source: ScenarioSource): void {
  const holders = new Map<string, TimelineEntry>();
  for (const entry of entries) {
    const thing = declarationOf(entry.event).holds?.(entry.event);
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
  return declarationOf(event).lasts === undefined ? fromS + overS : toS;
}

/** Something that is either on or off. */
interface Switch {
  readonly what: string;
  readonly on: boolean;
}

function switchesOf(channels: readonly PlannedChannel[]): Switch[] {
  const lit = channels.map(({ name, lit: on }): Switch => ({ what: litSwitch(name), on }));
  return [{ what: "the fibre is cut", on: false }, ...lit];
}

/** An event that turns a switch has to find it the other way round. */
function checkSwitches(
  entries: readonly TimelineEntry[],
  switches: readonly Switch[],
  source: ScenarioSource,
): void {
  for (const one of switches) {
    const turns = entries.flatMap((entry) => {
      const turned = declarationOf(entry.event).turns?.(entry.event);
      if (turned?.what !== one.what) return [];
      const { on } = turned;
      const turn = { atS: entry.fromS, on, entry };
      return Number.isFinite(entry.toS) ? [turn, { atS: entry.toS, on: !on, entry }] : [turn];
    });
    let on = one.on;
    for (const turn of turns.sort((a, b) => a.atS - b.atS)) {
      if (turn.on === on) throw unturned(turn.entry, one, on, turn.atS, source);
      on = turn.on;
    }
    for (const { event, index, fromS } of entries) {
      if (!("channel" in event) || declarationOf(event).needs?.(event) !== one.what) continue;
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

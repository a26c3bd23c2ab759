import { declarationOf } from "../happenings/happenings.ts";
import type { Span } from "../happenings/link-state/course.ts";
import { checkedSeconds } from "../schema/duration.ts";
import type { EventTime, Scenario, ScenarioEvent } from "./scenario.ts";
import { type ScenarioSource, scenarioError } from "./scenario-source.ts";

/** One happening of an event, repetitions counted singly. */
export interface TimelineEntry extends Span {
  /** Number of the event in the scenario's list. */
  readonly index: number;
  readonly event: ScenarioEvent;
  /** A name for this happening alone. */
  readonly key: string;
}

/** Happenings of more than this are a mistake. */
const MOST_ENTRIES = 20_000;

/**
 * Every happening of the timeline in the order of time.
 * @throws ConfigError QKD_SCENARIO_INVALID for events beyond the end and repetitions that overlap themselves.
 */
export function timelineEntries(scenario: Scenario, source: ScenarioSource): TimelineEntry[] {
  const endS = checkedSeconds(scenario.duration);
  const entries: TimelineEntry[] = [];
  for (const [index, event] of scenario.timeline.entries()) {
    const path = ["timeline", index];
    const lastsS = "for" in event && event.for !== undefined ? checkedSeconds(event.for) : undefined;
    const overS = "over" in event ? checkedSeconds(event.over) : 0;
    const { everyS, times } = repetition(event, index, source);
    const takesS = Math.max(lastsS ?? 0, overS);
    if (lastsS !== undefined && lastsS <= 0)
      throw scenarioError(source, {
        path: [...path, "for"],
        says: `is ${String("for" in event ? event.for : "")}`,
        allowed: "more than no time",
      });
    if (lastsS !== undefined && overS > lastsS)
      throw scenarioError(source, {
        path: [...path, "over"],
        says: `is longer than the ${lastsS} s that the event lasts`,
        value: overS,
      });
    if (times > 1 && (lastsS === undefined ? momentary(event) === false : takesS > everyS))
      throw scenarioError(source, {
        path: [...path, "every"],
        says: "begins the event again before it is over",
        value: event.every,
        allowed: "an event with `for` of at most `every`",
      });
    for (let time = 0; time < times; time++) {
      const fromS = checkedSeconds(event.at) + time * everyS;
      if (fromS > endS || fromS + takesS > endS)
        throw scenarioError(source, {
          path: [...path, fromS > endS ? "at" : lastsS === undefined ? "over" : "for"],
          says: `reaches to ${round(fromS + takesS)} s, beyond the end`,
          value: round(fromS + takesS),
          allowed: `at most ${scenario.duration}`,
        });
      const toS = momentary(event) ? fromS : lastsS === undefined ? Number.POSITIVE_INFINITY : fromS + lastsS;
      entries.push({ index, event, fromS, toS, overS, key: `${event.event} ${index}.${time}` });
      if (entries.length > MOST_ENTRIES)
        throw scenarioError(source, {
          path,
          says: "happens too often",
          allowed: `${MOST_ENTRIES} events in all`,
        });
    }
  }
  return entries.sort((a, b) => a.fromS - b.fromS || a.index - b.index);
}

function repetition(
  event: EventTime,
  index: number,
  source: ScenarioSource,
): { readonly everyS: number; readonly times: number } {
  if ((event.every === undefined) !== (event.times === undefined))
    throw scenarioError(source, {
      path: ["timeline", index, event.every === undefined ? "every" : "times"],
      says: "is missing",
      allowed: "both of every and times, or none",
    });
  const everyS = checkedSeconds(event.every);
  if (event.every !== undefined && everyS <= 0)
    throw scenarioError(source, {
      path: ["timeline", index, "every"],
      says: `is ${event.every}`,
      value: event.every,
      allowed: "more than no time",
    });
  return { everyS, times: event.times ?? 1 };
}

/** What happens in a moment and leaves nothing to end. */
function momentary(event: ScenarioEvent): boolean {
  return declarationOf(event).momentary === true;
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;

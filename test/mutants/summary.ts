import { roomOf } from "./breach.ts";
import type { BreachResult } from "./campaign.ts";

/** What became of the breaches of one room. */
export interface RoomTally {
  readonly room: string;
  readonly planted: number;
  readonly killed: number;
  readonly survived: number;
  readonly broken: number;
  readonly seconds: number;
}

/** One row a room, in order of appearance. */
export function tallies(results: readonly BreachResult[]): RoomTally[] {
  const rooms = Map.groupBy(results, ({ breach }) => roomOf(breach));
  return [...rooms].map(([room, own]) => tally(room, own));
}

export function tally(room: string, own: readonly BreachResult[]): RoomTally {
  const count = (wanted: BreachResult["outcome"]) => own.filter(({ outcome }) => outcome === wanted).length;
  return {
    room,
    planted: own.length,
    killed: count("killed"),
    survived: count("survived"),
    broken: count("broken"),
    seconds: Math.round(own.reduce((sum, { seconds }) => sum + seconds, 0)),
  };
}

/** The table that ends a run. */
export function summaryLines(results: readonly BreachResult[]): string[] {
  const row = ({ room, planted, killed, survived, broken, seconds }: RoomTally) =>
    room.padEnd(14) +
    [planted, killed, survived, broken, seconds].map((cell) => String(cell).padStart(9)).join("");
  const head =
    "room".padEnd(14) +
    ["planted", "killed", "survived", "broken", "s"].map((cell) => cell.padStart(9)).join("");
  return [head, ...tallies(results).map(row), row(tally("all", results))];
}

import type { PairCounts } from "../measuring/pair-counts.ts";
import { readPair } from "../measuring/read-pair.ts";
import { READING_HEAD, readingRow } from "../measuring/reading-table.ts";
import type { StepContext } from "./step.ts";

/** Link time of the reading that most checks are taken from, and the most clicks that it needs. */
const SECONDS = 20;
const ENOUGH_CLICKS = 1e8;

/** Counts of the link as it is, taken once in a run. */
export async function longReading({ alice, bob, known, signal, table }: StepContext): Promise<PairCounts> {
  known.reading ??= await readPair(
    alice,
    bob,
    { gates: SECONDS * alice.device.identity.clockHz, clicks: ENOUGH_CLICKS, detectionsPerFrame: 1 << 17 },
    signal,
  );
  // One file for all steps that are judged by it: each names it as its evidence.
  table("00-reading", READING_HEAD, [readingRow(known.reading)]);
  return known.reading;
}

/** Mean photon numbers that the transmitter is set to. */
export async function setPhotons({ alice, known }: StepContext): Promise<readonly [number, number, number]> {
  known.meanPhotons ??= [
    await alice.number("meanPhotonsU"),
    await alice.number("meanPhotonsV"),
    await alice.number("meanPhotonsW"),
  ];
  return known.meanPhotons;
}

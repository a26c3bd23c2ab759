import { type StreamName, subseed } from "../random/subseed.ts";

/** A seed for every stream; streams not named take the common one. */
export type StreamSeeds = Readonly<Record<StreamName, Uint32Array>>;

const STREAMS: readonly StreamName[] = [
  "alice",
  "bob",
  "eve",
  "channel",
  "detectors",
  "counts",
  "drift",
  "truth",
];

/** Words of every stream from the common seed, with other seeds for the streams in `others`. */
export function streamSeeds(seed: bigint, others: Partial<Record<StreamName, bigint>> = {}): StreamSeeds {
  return Object.fromEntries(
    STREAMS.map((name) => [name, subseed(others[name] ?? seed, name)]),
  ) as unknown as StreamSeeds;
}

/** Seed words of the event sampler: lanes, gaps and events from the channel, after-events from the detectors. */
export function samplerSeed(seed: bigint, others: Partial<Record<StreamName, bigint>> = {}): Uint32Array {
  const channel = ["lanes 0", "lanes 1", "gaps and events"].flatMap((part) => [
    ...subseed(others.channel ?? seed, `channel ${part}`),
  ]);
  const detectors = [...subseed(others.detectors ?? seed, "detectors")].slice(0, 4);
  return Uint32Array.from([...channel, ...detectors]);
}

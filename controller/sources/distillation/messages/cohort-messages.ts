import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { planeBytes } from "./sift-messages.ts";

const SEED_BYTES = 32;
const MAX_PARITY_BYTES = 1 << 22;
const MAX_COHORT_BITS = 1 << 27;

/** Bob opens the reconciliation of a cohort. */
export interface CohortOpenMessage {
  readonly sequence: number;
  readonly cohort: number;
  /** Expected error rate in parts per million; both sites derive the block sizes from this whole number. */
  readonly qberPpm: number;
  /** Public seed of permutations and subsets. */
  readonly seed: Uint8Array;
}

export function encodeCohortOpen(message: CohortOpenMessage): readonly Uint8Array[] {
  return new ByteWriter()
    .count(message.sequence)
    .count(message.cohort)
    .u32(message.qberPpm)
    .raw(message.seed)
    .parts();
}

export function decodeCohortOpen(body: Uint8Array): CohortOpenMessage {
  const reader = new ByteReader("cohortOpen", body);
  const sequence = reader.count();
  const cohort = reader.count();
  const qberPpm = reader.u32();
  if (qberPpm === 0 || qberPpm > 500_000) throw reader.refuse("the error rate is out of range");
  const seed = reader.raw(SEED_BYTES).slice();
  reader.end();
  return { sequence, cohort, qberPpm, seed };
}

/** The sender's parities of one round of one cohort. */
export interface ParityEntry {
  readonly cohort: number;
  readonly round: number;
  readonly parities: Uint8Array;
}

export interface ParitiesMessage {
  readonly sequence: number;
  readonly entries: readonly ParityEntry[];
}

export function encodeParities(message: ParitiesMessage): readonly Uint8Array[] {
  const bytes = message.entries.reduce((sum, { parities }) => sum + 16 + parities.length, 8);
  const writer = new ByteWriter(bytes).count(message.sequence);
  for (const entry of message.entries) writer.count(entry.cohort).u32(entry.round).sized(entry.parities);
  return writer.parts();
}

export function decodeParities(body: Uint8Array): ParitiesMessage {
  const reader = new ByteReader("parities", body);
  const sequence = reader.count();
  const entries: ParityEntry[] = [];
  while (reader.left > 0)
    entries.push({ cohort: reader.count(), round: reader.u32(), parities: reader.sized(MAX_PARITY_BYTES) });
  return { sequence, entries };
}

/** Alice's verification tag of a cohort under a fresh public hash key. */
export interface VerifyMessage {
  readonly sequence: number;
  readonly cohort: number;
  readonly attempt: number;
  readonly hashKey: Uint8Array;
  readonly tag: Uint8Array;
}

export function encodeVerify(message: VerifyMessage): readonly Uint8Array[] {
  return new ByteWriter()
    .count(message.sequence)
    .count(message.cohort)
    .u8(message.attempt)
    .sized(message.hashKey)
    .sized(message.tag)
    .parts();
}

export function decodeVerify(body: Uint8Array): VerifyMessage {
  const reader = new ByteReader("verify", body);
  const sequence = reader.count();
  const cohort = reader.count();
  const attempt = reader.u8();
  const hashKey = reader.sized(64);
  const tag = reader.sized(64);
  reader.end();
  return { sequence, cohort, attempt, hashKey, tag };
}

/** Bob's answer to a tag: the cohort is equal, needs more passes, or is given up. */
export const VERDICTS = ["equal", "extend", "discard"] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface VerdictMessage {
  readonly sequence: number;
  readonly cohort: number;
  readonly attempt: number;
  readonly verdict: Verdict;
}

export function encodeVerdict(message: VerdictMessage): readonly Uint8Array[] {
  return new ByteWriter()
    .count(message.sequence)
    .count(message.cohort)
    .u8(message.attempt)
    .u8(VERDICTS.indexOf(message.verdict))
    .parts();
}

export function decodeVerdict(body: Uint8Array): VerdictMessage {
  const reader = new ByteReader("verdict", body);
  const sequence = reader.count();
  const cohort = reader.count();
  const attempt = reader.u8();
  const verdict = VERDICTS[reader.oneOf([0, 1, 2])] ?? "discard";
  reader.end();
  return { sequence, cohort, attempt, verdict };
}

/** Alice's bits of a cohort that both leave out of the key. */
export interface DiscloseMessage {
  readonly sequence: number;
  readonly cohort: number;
  readonly bits: number;
  readonly plane: Uint8Array;
}

export function encodeDisclose(message: DiscloseMessage): readonly Uint8Array[] {
  return new ByteWriter()
    .count(message.sequence)
    .count(message.cohort)
    .u32(message.bits)
    .raw(message.plane)
    .parts();
}

export function decodeDisclose(body: Uint8Array): DiscloseMessage {
  const reader = new ByteReader("disclose", body);
  const sequence = reader.count();
  const cohort = reader.count();
  const bits = reader.u32();
  if (bits > MAX_COHORT_BITS) throw reader.refuse("the cohort is too large");
  const plane = reader.raw(planeBytes(bits));
  reader.end();
  return { sequence, cohort, bits, plane };
}

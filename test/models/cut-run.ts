import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { SqliteStore } from "../../controller/pool/sqlite/sqlite-store.ts";
import { QkdError } from "../../errors/index.ts";
import { alone } from "./alone.ts";
import {
  act,
  BLOCK_BYTES,
  blockOf,
  type Cut,
  EVEN,
  fetchFrom,
  type Given,
  keyOf,
  LEASE_BYTES,
  type Left,
  openDay,
  PAD_BYTES,
  padFrom,
  peerKeyId,
  type StoreDay,
  takeFrom,
} from "./store-day.ts";
import type { Harm } from "./store-harms.ts";

const HALF = BLOCK_BYTES / 2;
const KEYS_A_HALF = HALF / 32;
/** Of the day's blocks. */
const LAST_SEQUENCE = 5;
/** More than any part of the store holds. */
const PLENTY = 90;

/** What a store gives until it has no more. */
interface Rest {
  readonly kind: string;
  readonly own: readonly Left[];
  readonly pads: readonly Left[];
  readonly fetched: readonly Left[];
  readonly fresh: readonly Left[];
  readonly available: readonly number[];
}

/** Lets a harm befall the files of a cut and runs them to the end; false where there was nothing to harm. */
export function runCut(day: StoreDay, cut: Cut, harm: Harm): boolean {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-cut-"));
  try {
    cpSync(cut.folder, folder, { recursive: true });
    if (!harm.befall(folder, cut.afterMorning ? day.morning : null)) return false;
    const before = day.given.filter(({ step }) => step < cut.step || (cut.delivered && step === cut.step));
    const padsSeen = Math.max(0, ...before.filter(isPad).map(({ past }) => past));
    const rest = runToTheEnd(folder, padsSeen);
    if (typeof rest === "string") expect(`${harm.name}: ${rest}`).toBe(MAY_BE_REFUSED);
    else judge(day, cut, harm, before, rest);
    return true;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Pages of two times in one file: SQLite may notice, and then nothing is handed out at all. */
const MAY_BE_REFUSED = "an older copy of the main file, with the log of now: QKD_KEYSTORE_UNREADABLE";

/** Opens the files and empties the store; the code of the refusal where it does not open. */
function runToTheEnd(folder: string, padsSeen: number): Rest | string {
  let store: SqliteStore;
  try {
    store = openDay(folder);
  } catch (error) {
    if (error instanceof QkdError) return error.code;
    throw error;
  }
  try {
    const { kind, padsHeldBack } = store.opening;
    const available: number[] = [];
    for (let sequence = 1; sequence <= LAST_SEQUENCE; sequence += 1) {
      const { blockId } = blockOf(sequence);
      // The agreement on what is pending comes before anything else.
      if (store.pool.blockState(blockId) === "pending")
        alone(store, () => store.pool.makeAvailable(blockId, EVEN));
      if (store.pool.blockState(blockId) === "available") available.push(sequence);
    }
    const own = many(store, () => takeFrom(store, 1));
    if (padsHeldBack) {
      expect(() => padFrom(store)).toThrow(expect.objectContaining({ code: "QKD_AUTH_EXHAUSTED" }));
      alone(store, () => store.auth.resumeFrom(padsSeen, 0));
    }
    const pads = many(store, () => [padFrom(store)]);
    const fetched = act(store, ...everyPeerKey().map((keyId) => () => fetchFrom(store, [keyId]))).flat();
    const next = Math.max(store.pool.highestSequence("qkd"), LAST_SEQUENCE) + 1;
    for (const step of store.adding({ ...blockOf(next), tail: new Uint8Array(64) })) alone(store, step);
    alone(store, () => store.pool.makeAvailable(blockOf(next).blockId, EVEN));
    const fresh = many(store, () => takeFrom(store, 1));
    expect(store.audit.verify().brokenAt).toBeNull();
    return { kind, own, pads, fetched, fresh, available };
  } finally {
    store.close();
  }
}

function judge(day: StoreDay, cut: Cut, harm: Harm, before: readonly Given[], rest: Rest): void {
  const gone = (kind: Given["kind"]) => before.filter((given) => given.kind === kind);
  // No bit and no pad twice.
  const keys = [...gone("own"), ...rest.own, ...rest.fresh];
  expect(distinct(keys.map(placeOf))).toBe(keys.length);
  expect(distinct(keys.map(({ hex }) => hex))).toBe(keys.length);
  const lastPad = Math.max(0, ...before.filter(isPad).map(({ past }) => past));
  for (const { first } of rest.pads) expect(first).toBeGreaterThanOrEqual(lastPad);
  // Each key is what its place says; a key fetched twice is the same one.
  for (const { sequence, first, past, hex } of [...rest.own, ...rest.fetched, ...rest.fresh])
    expect(hex).toBe(Buffer.from(keyOf(sequence).subarray(first, past)).toString("hex"));
  const fetchedBefore = new Set(gone("fetched").map(placeOf));
  const again = rest.fetched.filter((key) => fetchedBefore.has(placeOf(key)));
  if (harm.intact || rest.kind === "rolledBack" || rest.kind === "emptied") expect(again).toEqual([]);
  // What comes later serves, whatever happened.
  expect(rest.fresh).toHaveLength(KEYS_A_HALF);
  if (harm.intact) judgeIntact(day, cut, before, rest);
  else judgeLoss(day, cut, rest);
}

/** Nothing acknowledged is lost, and of what was not given no more than the lease. */
function judgeIntact(day: StoreDay, cut: Cut, before: readonly Given[], rest: Rest): void {
  expect(["fresh", "clean", "crashed"]).toContain(rest.kind);
  for (const sequence of cut.available) expect(rest.available).toContain(sequence);
  // What the step under way committed counts as given: its answer may have been lost with the process.
  const underWay = day.given.filter(({ step }) => step === cut.step && !cut.delivered);
  const count = (given: readonly Left[], kind: Given["kind"]) =>
    given.filter((each) => each.kind === kind).length;
  const held = KEYS_A_HALF * rest.available.length;
  const unfetched = held - count(before, "fetched") - rest.fetched.length;
  expect(unfetched).toBeGreaterThanOrEqual(0);
  expect(unfetched).toBeLessThanOrEqual(count(underWay, "fetched"));
  const lost = held - count(before, "own") - rest.own.length;
  const lease = cut.name.endsWith("close") ? 0 : LEASE_BYTES / 32;
  expect(lost).toBeLessThanOrEqual(lease + count(underWay, "own"));
  const lastPad = Math.max(0, ...before.filter(isPad).map(({ past }) => past));
  const padLost = (rest.pads[0]?.first ?? 0) - lastPad;
  expect(padLost).toBeLessThanOrEqual(PAD_BYTES * count(underWay, "pad"));
}

/** Blocks behind everything that ever left are whole. */
function judgeLoss(day: StoreDay, cut: Cut, rest: Rest): void {
  if (rest.kind === "unanchored") {
    expect(rest.own).toEqual([]);
    return;
  }
  const frontier = Math.max(
    0,
    ...day.given
      .filter(({ step, kind }) => kind === "own" && step <= cut.step)
      .map(({ sequence }) => sequence),
  );
  for (const sequence of rest.available.filter((each) => each > frontier))
    expect(rest.own.filter((key) => key.sequence === sequence)).toHaveLength(KEYS_A_HALF);
}

function everyPeerKey(): string[] {
  return Array.from({ length: LAST_SEQUENCE * KEYS_A_HALF }, (_, at) =>
    peerKeyId(1 + Math.floor(at / KEYS_A_HALF), HALF + 32 * (at % KEYS_A_HALF)),
  );
}

function many(store: SqliteStore, give: () => Left[]): Left[] {
  return act(store, ...Array.from({ length: PLENTY }, () => give)).flat();
}

const isPad = ({ kind }: Given) => kind === "pad";
const placeOf = ({ sequence, first }: Left) => `${sequence}/${first}`;
const distinct = (values: readonly string[]) => new Set(values).size;

import { type CapturePacket, decodePseudoHeader, planeOf } from "../../capture/index.ts";
import { linkCounters, linkReadings } from "../../controller/index.ts";
import {
  type FrameAgreement,
  type Look,
  lookAtCounters,
  lookAtFrames,
  lookAtOneEnd,
  lookAtReadings,
  lookAtSifted,
  sameGates,
} from "../../diagnosis/index.ts";
import { CaptureError } from "../../errors/index.ts";
import type { FramingOptions } from "../../protocol/index.ts";
import { RecordedPeer } from "./recorded-peer.ts";
import { emptySpan, type RecordedHalf, RecordedUnitReader, type UnitSpan } from "./recorded-unit.ts";

/** What a recording shows of a link in the time that was looked at. */
export interface RecordedLook {
  /** Null where no unit said of which link it is: a recording may begin long after that. */
  readonly linkId: string | null;
  /** Frames of which both halves, or the words of both sites, were there; null where none were. */
  readonly frames: FrameAgreement | null;
  /** Numbers of the units looked at, from 1. */
  readonly units: readonly number[];
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** What it comes to, once the clock of the link is known. */
  readonly look: (clockHz: number) => Look;
}

/** One unit of a recording with its buckets. */
interface RecordedUnit {
  readonly reader: RecordedUnitReader;
  readonly spans: Map<number, UnitSpan>;
}

/** Buckets that a look is divided into at most; unrest is read off from them, and registers are put together in them. */
const MOST_BUCKETS = 1024;
const LEAST_BUCKET_NS = 1_000_000_000n;
/** Halves that wait for their other half at each end. */
const MOST_WAITING = 64;
/** A look of fewer seconds with anything in them tells chance from change by luck alone. */
const LEAST_BUCKETS = 3;

/**
 * Gathers the last `lookNs` of a recording while its packets go by, in memory that does not grow with them: counts, registers
 * and the counts that sites tell each other. Keys are not in a recording, and nothing here looks for them.
 */
export class RecordedLink {
  readonly #bucketNs: bigint;
  readonly #lookNs: bigint;
  readonly #framing: FramingOptions;
  readonly #units = new Map<number, RecordedUnit>();
  readonly #peers = new Map<number, RecordedPeer>();
  readonly #waiting = { qtx: new Map<string, RecordedHalf>(), qrx: new Map<string, RecordedHalf>() };
  readonly #agreements = new Map<number, FrameAgreement>();
  #firstNs: bigint | null = null;
  #newestNs = 0n;
  /** Packets of our kinds that went by. */
  packets = 0;

  constructor(lookNs: bigint, framing: FramingOptions = {}) {
    this.#lookNs = lookNs;
    const even = lookNs / BigInt(MOST_BUCKETS);
    this.#bucketNs = even > LEAST_BUCKET_NS ? even : LEAST_BUCKET_NS;
    this.#framing = framing;
  }

  /** Buckets of time held of all units. */
  get held(): number {
    return [...this.#units.values()].reduce((sum, { spans }) => sum + spans.size, 0);
  }

  /** Halves of frames that wait for their other half. */
  get waiting(): number {
    return this.#waiting.qtx.size + this.#waiting.qrx.size;
  }

  take(packet: CapturePacket): void {
    const plane = planeOf(packet.interface.linkType);
    const facts = decodePseudoHeader(packet.bytes);
    if (plane === undefined || facts === undefined) return;
    this.packets += 1;
    this.#firstNs ??= packet.atNs;
    if (packet.atNs > this.#newestNs) this.#advance(packet.atNs);
    const number = facts.unit + 1;
    if (plane === "peer") this.#peerOf(number).take(packet);
    else this.#unitOf(number).reader.take(packet);
  }

  /**
   * What was gathered of the units that are named, or of all. CaptureError QKD_CAPTURE_MISSING where there is nothing of a
   * unit, too little, units of several links, or several of one role.
   */
  finish(wanted: readonly number[]): RecordedLook {
    const unknown = wanted.find((number) => !this.#units.has(number));
    if (unknown !== undefined)
      throw missing(`the recording has no unit ${unknown}`, `name one of the units ${this.#numbers()}`);
    const chosen = [...this.#units].filter(
      ([number, { reader }]) =>
        (wanted.length === 0 || wanted.includes(number)) && (reader.role !== null || reader.linkId !== null),
    );
    if (chosen.length === 0)
      throw missing("the recording does not say of which unit it is", "record with qkdlink record ADDR");
    const links = new Set(chosen.flatMap(([, { reader }]) => reader.linkId ?? []));
    const ofRole = (role: "qtx" | "qrx") => chosen.filter(([, { reader }]) => reader.role === role);
    if (links.size > 1 || ofRole("qtx").length > 1 || ofRole("qrx").length > 1)
      throw missing(
        `the recording holds ${chosen.length} units${links.size > 1 ? ` of ${links.size} links` : ""}: a diagnosis is of one link`,
        `name one transmitter, one receiver or one of each with --unit: ${this.#numbers()}`,
      );
    const [linkId = null] = links;
    const alice = ofRole("qtx")[0]?.[1];
    const bob = ofRole("qrx")[0]?.[1];
    const buckets = this.#buckets(alice, bob);
    if (buckets.length < LEAST_BUCKETS)
      throw missing(
        `the recording holds ${buckets.length} s of counts or readings, which is too short to tell anything by`,
        "record for 30 s or longer while the link runs, with the telemetry of its units",
      );
    const peers = [...this.#peers.values()];
    const peer = peers.length === 1 ? peers[0] : undefined;
    const frames = this.#frames(peer);
    const beginning = this.#newestNs - this.#lookNs;
    const firstNs = this.#firstNs ?? 0n;
    return {
      linkId,
      frames,
      units: chosen.map(([number]) => number),
      fromNs: beginning > firstNs ? beginning : firstNs,
      toNs: this.#newestNs,
      look: (clockHz) => ({
        ...lookAtCounters(
          buckets.map((bucket) => {
            const values = [bob, alice].flatMap((unit) => registersOf(unit, bucket) ?? []);
            return linkCounters(values);
          }),
          clockHz,
        ),
        ...this.#ends(alice, bob, buckets, clockHz),
        ...(peer === undefined ? {} : lookAtSifted(peer.blocks(this.#oldest()), clockHz)),
        ...lookAtReadings(
          buckets.map((bucket) =>
            linkReadings({
              alice: registersOf(alice, bucket),
              bob: registersOf(bob, bucket),
              biasSetV: bob?.reader.biasSetV ?? null,
            }),
          ),
        ),
        ...(frames === null ? {} : lookAtFrames(frames)),
      }),
    };
  }

  #ends(
    alice: RecordedUnit | undefined,
    bob: RecordedUnit | undefined,
    buckets: readonly number[],
    clockHz: number,
  ): Look {
    const of = (unit: RecordedUnit | undefined) =>
      lookAtOneEnd(
        buckets.flatMap((bucket) => unit?.spans.get(bucket)?.counts ?? []),
        clockHz,
      );
    return { ...of(alice), ...of(bob) };
  }

  #buckets(...units: readonly (RecordedUnit | undefined)[]): readonly number[] {
    const filled = units.flatMap((unit) => [...(unit?.spans.keys() ?? [])]);
    return [...new Set(filled)].filter((bucket) => bucket >= this.#oldest()).toSorted((a, b) => a - b);
  }

  #numbers(): string {
    return [...this.#units.keys()].toSorted((a, b) => a - b).join(", ");
  }

  /** Moves the end of the look on and lets go of what lies before its beginning. */
  #advance(atNs: bigint): void {
    const before = this.#bucketOf(this.#newestNs);
    this.#newestNs = atNs;
    if (this.#bucketOf(atNs) === before) return;
    const oldest = this.#oldest();
    for (const map of [this.#agreements, ...[...this.#units.values()].map(({ spans }) => spans)])
      for (const bucket of map.keys()) if (bucket < oldest) map.delete(bucket);
    for (const peer of this.#peers.values()) peer.forget(oldest);
  }

  #bucketOf(atNs: bigint): number {
    return Number(atNs / this.#bucketNs);
  }

  /** The first bucket of the look. */
  #oldest(): number {
    return this.#bucketOf(this.#newestNs - this.#lookNs) + 1;
  }

  #unitOf(number: number): RecordedUnit {
    const known = this.#units.get(number);
    if (known !== undefined) return known;
    const spans = new Map<number, UnitSpan>();
    const spanAt = (atNs: bigint): UnitSpan | undefined => {
      const bucket = this.#bucketOf(atNs);
      if (bucket < this.#oldest()) return undefined;
      const span = spans.get(bucket) ?? emptySpan();
      spans.set(bucket, span);
      return span;
    };
    const reader = new RecordedUnitReader(this.#framing, spanAt, (half, atNs) => this.#half(half, atNs));
    const unit = { reader, spans };
    this.#units.set(number, unit);
    return unit;
  }

  #peerOf(number: number): RecordedPeer {
    const peer = this.#peers.get(number) ?? new RecordedPeer((atNs) => this.#bucketOf(atNs));
    this.#peers.set(number, peer);
    return peer;
  }

  /** Puts the halves of a frame together by their number. */
  #half(half: RecordedHalf, atNs: bigint): void {
    const key = String(half.frameId);
    const other = half.role === "qtx" ? "qrx" : "qtx";
    const match = this.#waiting[other].get(key);
    if (match === undefined) {
      const waiting = this.#waiting[half.role];
      waiting.set(key, half);
      const [first] = waiting.keys();
      if (waiting.size > MOST_WAITING && first !== undefined) waiting.delete(first);
      return;
    }
    this.#waiting[other].delete(key);
    const bucket = this.#bucketOf(atNs);
    const { paired, unlike } = this.#agreements.get(bucket) ?? { paired: 0, unlike: 0 };
    const alike = sameGates(half, match);
    this.#agreements.set(bucket, { paired: paired + (alike ? 1 : 0), unlike: unlike + (alike ? 0 : 1) });
  }

  #frames(peer: RecordedPeer | undefined): FrameAgreement | null {
    const own = [...this.#agreements].filter(([bucket]) => bucket >= this.#oldest()).map(([, one]) => one);
    const all = own.length > 0 ? own : (peer?.agreements(this.#oldest()) ?? []);
    if (all.length === 0) return null;
    return all.reduce((sum, { paired, unlike }) => ({
      paired: sum.paired + paired,
      unlike: sum.unlike + unlike,
    }));
  }
}

function registersOf(unit: RecordedUnit | undefined, bucket: number) {
  const registers = unit?.spans.get(bucket)?.registers;
  return registers === undefined || Object.keys(registers).length === 0 ? undefined : registers;
}

const missing = (sentence: string, remedy: string): CaptureError =>
  new CaptureError("QKD_CAPTURE_MISSING", sentence, { remedy });

import { describe, expect, it } from "vitest";
import { PeerError } from "../../../../errors/index.ts";
import * as m from "./index.ts";

const bytes = (length: number, from = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => from + i);
const six = [0, 1, 2 ** 33, Number.MAX_SAFE_INTEGER, 4, 5];

/** One sample of every message with its decoder. */
const SAMPLES: Record<
  string,
  {
    readonly value: object;
    readonly parts: readonly Uint8Array[];
    readonly decode: (body: Uint8Array) => object;
  }
> = {};
function sample<T extends object>(
  name: string,
  value: T,
  encode: (value: T) => readonly Uint8Array[],
  decode: (body: Uint8Array) => T,
): void {
  SAMPLES[name] = { value, parts: encode(value), decode };
}

sample(
  "hello",
  { role: "bob", settingsDigest: bytes(32), nonce: bytes(16), echo: bytes(16, 9), nextSequence: 2 ** 40 },
  m.encodeHello,
  m.decodeHello,
);
sample("offer", { sequence: 7, offset: 2 ** 35 }, m.encodeOffer, m.decodeOffer);
sample(
  "sift",
  {
    frameId: 3,
    firstGate: 2n ** 60n,
    gateCount: 1_000_000_007n,
    detections: 19,
    gateDigest: bytes(32),
    doubleClicks: 2,
    photocurrentNa: 12.75,
    basis: bytes(3),
  },
  m.encodeSift,
  m.decodeSift,
);
sample(
  "siftReply",
  {
    sequence: 4,
    frameId: 3,
    cohort: 2,
    endsCohort: true,
    endsBlock: false,
    sent: six,
    detections: 19,
    zBits: 9,
    xBits: 1,
    basis: bytes(3),
    zDecoys: 8,
    zDecoy: bytes(2),
    zVacuum: bytes(1, 5),
    xDecoys: 0,
    xDecoy: bytes(1),
    xVacuum: bytes(0),
    xBit: bytes(1),
  },
  m.encodeSiftReply,
  m.decodeSiftReply,
);
sample("skip", { sequence: 4, frameId: 3, reason: "digest" }, m.encodeSkip, m.decodeSkip);
sample(
  "cohortOpen",
  { sequence: 4, cohort: 1, qberPpm: 23_000, seed: bytes(32) },
  m.encodeCohortOpen,
  m.decodeCohortOpen,
);
sample(
  "parities",
  {
    sequence: 4,
    entries: [
      { cohort: 1, round: 2, parities: bytes(3) },
      { cohort: 2, round: 0, parities: bytes(1) },
    ],
  },
  m.encodeParities,
  m.decodeParities,
);
sample(
  "verify",
  { sequence: 4, cohort: 1, attempt: 1, hashKey: bytes(16), tag: bytes(16) },
  m.encodeVerify,
  m.decodeVerify,
);
sample(
  "verdict",
  { sequence: 4, cohort: 1, attempt: 1, verdict: "extend" },
  m.encodeVerdict,
  m.decodeVerdict,
);
sample("disclose", { sequence: 4, cohort: 1, bits: 11, plane: bytes(2) }, m.encodeDisclose, m.decodeDisclose);
sample(
  "estimates",
  { sequence: 4, sent: six, sifted: six, errors: six },
  m.encodeEstimates,
  m.decodeEstimates,
);
sample(
  "amplify",
  { sequence: 4, reason: "none", secretBits: 512, leakBits: 99, createdAtMs: 1_700_000_000_000 },
  m.encodeAmplify,
  m.decodeAmplify,
);
sample("seed", { sequence: 4, offset: 77, bytes: bytes(5) }, m.encodeSeed, m.decodeSeed);
sample("tag", { sequence: 4, tags: bytes(32) }, m.encodeTag, m.decodeTag);
sample("done", { sequence: 4 }, m.encodeDone, m.decodeDone);

const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

describe("distillation messages", () => {
  it("have a sample for every kind", () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(Object.keys(m.KIND).sort());
    const kinds = Object.values(m.KIND);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(kinds.every(m.isDistillationKind)).toBe(true);
    expect(m.isDistillationKind(0x40)).toBe(false);
  });

  for (const [name, { value, parts, decode }] of Object.entries(SAMPLES)) {
    const body = joined(parts);

    it(`${name} survives its encoding`, () => {
      expect(decode(body)).toEqual(value);
    });

    it(`${name} is refused when cut short at any byte or extended`, () => {
      for (let length = 0; length < body.length; length++) {
        // A parities message may end after any whole entry.
        if (name === "parities" && (length === 8 || length === 8 + 19)) continue;
        expect(() => decode(body.slice(0, length))).toThrow(PeerError);
      }
      expect(() => decode(new Uint8Array([...body, 0]))).toThrow(PeerError);
    });

    it(`${name} with any bit flipped is refused or means something else`, () => {
      for (let bit = 0; bit < 8 * body.length; bit++) {
        const damaged = body.slice();
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        let decoded: object;
        try {
          decoded = decode(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(PeerError);
          expect(error).toMatchObject({ code: "QKD_PEER_PROTOCOL" });
          continue;
        }
        expect(decoded).not.toEqual(value);
      }
    });
  }

  it("refuse values that no honest peer sends", () => {
    const amplify = { sequence: 1, secretBits: 0, leakBits: 0, createdAtMs: 0 };
    expect(() => m.decodeAmplify(joined(m.encodeAmplify({ ...amplify, reason: "none" })))).toThrow(
      "length and reason contradict",
    );
    expect(() =>
      m.decodeAmplify(joined(m.encodeAmplify({ ...amplify, reason: "noSecretKey", secretBits: 9 }))),
    ).toThrow("length and reason contradict");
    const open = { sequence: 1, cohort: 1, seed: bytes(32) };
    for (const qberPpm of [0, 500_001])
      expect(() => m.decodeCohortOpen(joined(m.encodeCohortOpen({ ...open, qberPpm })))).toThrow(
        "out of range",
      );
    const huge = joined(m.encodeOffer({ sequence: 1, offset: 1 }));
    huge[8] = 0xff;
    expect(() => m.decodeOffer(huge)).toThrow("too large");
  });
});

import { describe, expect, it } from "vitest";
import * as protocol from "../../protocol/index.ts";
import {
  decodePeerHeader,
  encodePeerHeader,
  PEER_HEADER_BYTES,
  PEER_MESSAGES,
  type PeerMessage,
} from "../../protocol/index.ts";
import { specPeerExample, specPeerExampleCount } from "./spec-peer-examples.ts";

interface Vector {
  readonly message: PeerMessage<unknown>;
  readonly value: unknown;
}

const vector = <T>(message: PeerMessage<T>, value: T): Vector => ({
  message: message as PeerMessage<unknown>,
  value,
});
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const rising = (first: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => first + index);
const filled = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte);

const sequence = 258;
const createdAtMs = Date.UTC(2025, 11, 1);
const blockId = "00112233445566778899aabbccddeeff";
const otherId = "ffeeddccbbaa99887766554433221100";
const sent = [100, 20, 10, 6, 2, 1];
const storedRecord = {
  blockId,
  origin: "qkd" as const,
  sequence,
  provenance: rising(0xa0, 32),
  lackBytes: 25_000,
  tag: rising(0x60, 16),
};
const otherRecord = {
  blockId: otherId,
  origin: "pqc" as const,
  sequence: 7,
  provenance: rising(0xc0, 32),
  lackBytes: 0,
  tag: rising(0x70, 16),
};

/** What the examples of the SPEC say. Their bytes were worked out from its tables, not by our encoder. */
const VECTORS: readonly Vector[] = [
  vector(protocol.connectionHello, {
    magic: "QKDP",
    version: 5,
    site: "alice",
    linkId: "link1",
    nonce: rising(0, 32),
    secretId: rising(0x30, 10),
    authRecovery: "computational",
    kem: "ML-KEM-1024",
    combiner: "xor",
  }),
  vector(protocol.connectionProof, { proof: rising(0x20, 32) }),
  vector(protocol.connectionHeartbeat, {}),
  vector(protocol.agreementOpen, {
    atMs: createdAtMs,
    lost: [
      { origin: "qkd", first: 258, last: 300 },
      { origin: "pqc", first: 1, last: 1 },
    ],
  }),
  vector(protocol.agreementStored, { blocks: [storedRecord] }),
  vector(protocol.agreementAsk, { blocks: [storedRecord, otherRecord] }),
  vector(protocol.agreementReleased, {
    blocks: [{ blockId, boundaryBytes: 512, tag: rising(0x60, 16) }],
  }),
  vector(protocol.agreementAbsent, { blocks: [{ blockId }, { blockId: otherId }] }),
  vector(protocol.agreementHeard, { blocks: [{ blockId }] }),
  vector(protocol.agreementGone, {
    notices: [
      { number: 5, blockId, reason: "expired", past: 0 },
      { number: 6, blockId: otherId, reason: "burnt", past: 4096 },
    ],
  }),
  vector(protocol.agreementGoneHeard, { notices: [{ number: 5 }, { number: 6 }] }),
  vector(protocol.distillationHello, {
    role: "bob",
    settingsDigest: rising(0xa0, 32),
    nonce: rising(0xc0, 16),
    echo: filled(0, 16),
    nextSequence: sequence,
    closing: [{ blockId }, { blockId: otherId }],
  }),
  vector(protocol.distillationOffer, { sequence, offset: 4096 }),
  vector(protocol.distillationHave, {
    number: 5,
    firstGate: 2n ** 32n,
    gateCount: 1_000_000n,
    detections: 13,
    gateDigest: rising(0x20, 32),
  }),
  vector(protocol.distillationOmit, { number: 5, reason: "digest" }),
  vector(protocol.distillationAgree, {
    sequence,
    heard: 0,
    last: 107,
    frames: 2,
    detections: 26,
    flushed: false,
    listDigest: rising(0xa0, 32),
  }),
  vector(protocol.distillationSift, {
    sequence,
    heard: 1,
    frame: 0,
    doubleClicks: 2,
    photocurrentNa: 1.5,
    detections: 13,
    basis: bytes(0b0000_1001, 0b0001_0000),
  }),
  vector(protocol.distillationSiftReply, {
    sequence,
    heard: 1,
    frame: 0,
    sent,
    detections: 13,
    basis: bytes(0b0010_1000, 0b0001_0000),
    zBits: 9,
    zDecoys: 3,
    zDecoy: bytes(0b0001_0010, 0b1),
    zVacuum: bytes(0b100),
    xBits: 2,
    xDecoys: 1,
    xDecoy: bytes(0b10),
    xVacuum: bytes(0),
    xBit: bytes(0b01),
  }),
  vector(protocol.distillationReconcile, { sequence, heard: 2, qberPpm: 23_000, seed: rising(0x20, 32) }),
  vector(protocol.distillationParities, {
    sequence,
    heard: 3,
    entries: [
      { cohort: 0, round: 1, parities: bytes(0xa5, 1) },
      { cohort: 1, round: 7, parities: bytes() },
    ],
  }),
  vector(protocol.distillationVerify, {
    sequence,
    heard: 4,
    cohort: 1,
    attempt: 0,
    hashKey: rising(0x40, 16),
    tag: rising(0x50, 16),
  }),
  vector(protocol.distillationVerdict, { sequence, heard: 5, cohort: 1, attempt: 0, verdict: "extend" }),
  vector(protocol.distillationDisclose, { sequence, heard: 6, cohort: 1, bits: 10, plane: bytes(1, 0b10) }),
  vector(protocol.distillationEstimates, {
    sequence,
    heard: 7,
    sent,
    sifted: [6, 2, 1, 1, 1, 0],
    errors: [0, 1, 0, 0, 1, 0],
  }),
  vector(protocol.distillationAmplify, {
    sequence,
    heard: 8,
    reason: "none",
    secretBits: 1024,
    leakBits: 300,
    createdAtMs,
    authBytes: 32,
  }),
  vector(protocol.distillationSeed, { sequence, heard: 9, offset: 2 ** 20, bytes: bytes(0xde, 0xad, 1) }),
  vector(protocol.distillationTag, { sequence, tag: rising(0x60, 16) }),
  vector(protocol.distillationDone, { sequence }),
  vector(protocol.distillationRefuse, { sequence, offset: 4096 }),
  vector(protocol.pqcWant, { blocks: 3, nextSequence: sequence }),
  vector(protocol.pqcOffer, {
    blockId,
    sequence,
    createdAtMs,
    blockBytes: 12_224,
    kem: "ML-KEM-768",
    publicKey: filled(1, 1184),
  }),
  vector(protocol.pqcAnswer, { blockId, ciphertext: filled(2, 1088), mac: filled(3, 32) }),
  vector(protocol.pqcConfirm, { blockId, mac: filled(4, 32) }),
  vector(protocol.pqcRefuse, { blockId, nextSequence: sequence }),
  vector(protocol.relayHop, {
    sender: "b",
    receiver: "c",
    blockId,
    nonce: "101112131415161718191a1b1c1d1e1f",
    sequence,
    createdAtMs,
    blockBytes: 96,
    secrecy: 2 ** -30,
    correctness: 0,
    authentication: 0.5,
    auth: "computational",
    shares: [{ path: ["a", "b", "c"] }, { path: ["a", "c"] }],
    share: 0,
    position: 1,
    rank: "ordinary",
    leftMs: 2000,
    traceId: "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
    spanId: "b0b1b2b3b4b5b6b7",
    places: [
      { sequence: 7, offset: 1024, length: 100 },
      { sequence: 8, offset: 0, length: 28 },
    ],
    trail: [
      { epsilon: 0.25, auth: "information-theoretic" },
      { epsilon: 0.125, auth: "computational" },
    ],
    ciphertext: bytes(0xde, 0xad, 1),
    tag: rising(0x60, 16),
  }),
  vector(protocol.relayRefused, { blockId, share: 0, position: 1, reason: "exhausted" }),
  vector(protocol.relayWant, { bytes: 4096, rank: "background", timeoutMs: 0, nextSequence: sequence }),
  vector(protocol.relayLinks, {
    reporter: "a",
    number: createdAtMs,
    links: [
      {
        neighbour: "b",
        freeBits: 65_536,
        leastRateBps: 2900,
        demandBps: 400,
        up: true,
        epsilon: 2 ** -33,
        auth: "information-theoretic",
      },
      {
        neighbour: "c",
        freeBits: 0,
        leastRateBps: 0,
        demandBps: 0,
        up: false,
        epsilon: 0,
        auth: "computational",
      },
    ],
  }),
  vector(protocol.reserveWant, { next: 3 }),
  vector(protocol.reserveOffer, {
    number: 3,
    place: 2 ** 20 + 2 ** 14,
    kemKey: filled(1, 1568),
    dhKey: filled(2, 32),
    mac: filled(3, 32),
  }),
  vector(protocol.reserveAnswer, {
    number: 3,
    place: 2 ** 21 + 2 ** 14,
    ciphertext: filled(4, 1568),
    dhKey: filled(5, 32),
    mac: filled(6, 32),
  }),
  vector(protocol.reserveConfirm, { number: 3, mac: filled(7, 32) }),
  vector(protocol.reserveHeld, { number: 3, held: true, next: 4 }),
  vector(protocol.reserveQuery, { number: 3 }),
  vector(protocol.reserveUnsure, { nonce: rising(0xa0, 16) }),
  vector(protocol.reserveSeen, {
    nonce: rising(0xa0, 16),
    sure: true,
    seen: 4096,
    used: 4064,
    mac: filled(8, 32),
  }),
  vector(protocol.networkStamp, {
    network: "tokyo",
    nodes: filled(1, 16),
    links: filled(2, 16),
    saes: filled(3, 16),
    policies: filled(4, 16),
  }),
  vector(protocol.hybridWant, { bytes: 4096, nextSequence: sequence }),
  vector(protocol.hybridCombine, {
    sequence,
    createdAtMs,
    blockBytes: 576,
    quantumKeyId: blockId,
    exchangedKeyId: otherId,
  }),
  vector(protocol.hybridRefuse, { blockId, nextSequence: sequence }),
  vector(protocol.streamsOpen, { ksid: blockId, source: "a", destination: "b", chunkBytes: 32 }),
  vector(protocol.streamsKey, { ksid: blockId, index: 3, keyId: otherId }),
  vector(protocol.streamsClose, { ksid: blockId }),
];

/** Bodies that the earlier version of the package wrote; these messages have not changed. */
const UNCHANGED: readonly (readonly [PeerMessage<unknown>, unknown, string])[] = [
  [protocol.distillationDone, { sequence }, "0000000000000102"],
  [protocol.pqcWant, { blocks: 3, nextSequence: sequence }, "0000000300000102"],
  [protocol.pqcRefuse, { blockId, nextSequence: sequence }, `${blockId}00000102`],
];

describe("the examples of the peer's SPEC", () => {
  it("are one for every message of the catalogue", () => {
    expect(VECTORS.map(({ message }) => message)).toEqual(PEER_MESSAGES);
    expect(specPeerExampleCount).toBe(PEER_MESSAGES.length);
  });

  it.each(VECTORS.map(({ message, value }) => [message.name, message, value] as const))(
    "%s is read and written so",
    (name, message, value) => {
      const example = specPeerExample(name);
      const body = example.subarray(PEER_HEADER_BYTES);
      expect(decodePeerHeader(example)).toEqual({ kind: message.kind, bodyBytes: body.length });
      expect(message.decode(body)).toEqual(value);
      const header = encodePeerHeader({ kind: message.kind, bodyBytes: body.length });
      expect(Buffer.concat([header, ...message.encode(value)]).toString("hex")).toBe(
        Buffer.from(example).toString("hex"),
      );
    },
  );
});

describe("messages carried over from the earlier version", () => {
  it.each(UNCHANGED.map(([message, value, hex]) => [message.name, message, value, hex] as const))(
    "%s",
    (_, message, value, hex) => {
      expect(Buffer.concat(message.encode(value)).toString("hex")).toBe(hex);
      expect(message.decode(Buffer.from(hex, "hex"))).toEqual(value);
    },
  );
});

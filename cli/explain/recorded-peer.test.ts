import { describe, expect, it } from "vitest";
import { type CapturePacket, PSEUDO_HEADER_BYTES, redactPeerMessage } from "../../capture/index.ts";
import {
  distillationEstimates,
  distillationHave,
  distillationOmit,
  type OmitReason,
} from "../../protocol/index.ts";
import { RecordedPeer } from "./recorded-peer.ts";

const joined = (parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
/** Messages as the recorder keeps them, at a second. */
const packet = (
  atS: number,
  ...messages: readonly (readonly [kind: number, body: Uint8Array])[]
): CapturePacket => ({
  offset: 0,
  interface: { linkType: 149, name: "peer", description: "" },
  atNs: BigInt(atS),
  bytes: Uint8Array.from(
    joined([
      new Uint8Array(PSEUDO_HEADER_BYTES),
      ...messages.map(([kind, body]) => redactPeerMessage(kind, body).bytes),
    ]),
  ),
  originalBytes: 0,
});
const estimates = [
  distillationEstimates.kind,
  joined(
    distillationEstimates.encode({
      sequence: 1,
      heard: 3,
      sent: [600, 70, 70, 20, 3, 3],
      sifted: [60, 4, 1, 2, 1, 0],
      errors: [2, 1, 0, 0, 0, 0],
    }),
  ),
] as const;
const have = [
  distillationHave.kind,
  joined(
    distillationHave.encode({
      number: 1,
      firstGate: 0n,
      gateCount: 100n,
      detections: 8,
      gateDigest: new Uint8Array(32),
    }),
  ),
] as const;
const omit = (reason: OmitReason) =>
  [distillationOmit.kind, joined(distillationOmit.encode({ number: 1, reason }))] as const;
const peer = () => new RecordedPeer((atNs) => Number(atNs));

describe("the recorded words of two sites", () => {
  it("tell counts of blocks, and which frames list other gates; several messages may lie in a packet", () => {
    const words = peer();
    words.take(packet(5, have, have, omit("digest"), estimates));
    words.take(packet(6, have, omit("missing")));
    expect(words.blocks(0)).toEqual([
      expect.objectContaining({ sifted: [60, 4, 1, 2, 1, 0], doubleClicks: null, ones: null }),
    ]);
    expect(words.agreements(0)).toEqual([
      { paired: 1, unlike: 1 },
      { paired: 1, unlike: 0 },
    ]);
    expect(words.blocks(6)).toEqual([]);
    expect(words.agreements(6)).toHaveLength(1);
  });

  it("are forgotten as the look goes on, and are no more than a bounded number at a time", () => {
    const words = peer();
    words.take(packet(5, estimates));
    words.forget(6);
    expect(words.blocks(0)).toEqual([]);
    for (let index = 0; index < 400; index += 1) words.take(packet(7, estimates));
    expect(words.blocks(0)).toHaveLength(256);
  });

  it("tell nothing where they are cut, or contradict their declaration", () => {
    const words = peer();
    const whole = packet(5, estimates);
    words.take({ ...whole, bytes: whole.bytes.slice(0, -1) });
    const told = packet(5, have);
    words.take({ ...told, bytes: told.bytes.slice(0, -1) });
    words.take(packet(5, [distillationEstimates.kind, new Uint8Array(3)]));
    words.take({ ...whole, bytes: new Uint8Array(PSEUDO_HEADER_BYTES + 3) });
    expect(words.blocks(0)).toEqual([]);
    expect(words.agreements(0)).toEqual([]);
  });
});

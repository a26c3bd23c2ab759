import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type HashKernel } from "../../../../kernels/index.ts";
import {
  distillationDisclose,
  distillationParities,
  distillationSeed,
  distillationSift,
  distillationVerdict,
  distillationVerify,
} from "../../../../protocol/index.ts";
import { authMaterialBytes, DirectionAuthentication } from "./block-authentication.ts";

let hash: HashKernel;
beforeAll(async () => {
  hash = (await createKernels()).hash;
});

const context = {
  sessionId: new Uint8Array(32).fill(1),
  settingsDigest: new Uint8Array(32).fill(2),
  sequence: 9,
};
const material = (n = 3): Uint8Array =>
  Uint8Array.from({ length: authMaterialBytes(hash) }, (_, i) => (i * 31 + n) & 0xff);
const body = (text: string): Uint8Array => new TextEncoder().encode(text);

function direction(change: Partial<typeof context> = {}, who: "alice" | "bob" = "alice", key = material()) {
  return new DirectionAuthentication(hash, { offset: 640, material: key }, who, { ...context, ...change });
}

describe("a block's authentication", () => {
  it("accepts the same messages, however they were cut into parts and pieces", () => {
    const sender = direction();
    const receiver = direction();
    const large = new Uint8Array(200_000).fill(7);
    sender.add(distillationParities.kind, [body("one"), body("two")]);
    sender.add(distillationSeed.kind, [large]);
    receiver.add(distillationParities.kind, [body("onetwo")]);
    receiver.add(distillationSeed.kind, [large.subarray(0, 99_999), large.subarray(99_999)]);
    expect(receiver.verify(sender.tag())).toBe(true);
  });

  it("refuses a tag with any byte changed, a shorter one and a longer one", () => {
    const tag = direction().tag();
    for (let place = 0; place < tag.length; place++) {
      const changed = Uint8Array.from(tag);
      changed[place] = (changed[place] ?? 0) ^ 0x10;
      expect(direction().verify(changed)).toBe(false);
    }
    expect(direction().verify(tag.subarray(1))).toBe(false);
    expect(direction().verify(Uint8Array.from([...tag, 0]))).toBe(false);
    expect(direction().verify(tag)).toBe(true);
  });

  it("hides the hash of the transcript under the pad", () => {
    const [plain, padded] = [material(), material()];
    plain.fill(0, hash.keyBytes);
    padded.fill(0x5a, hash.keyBytes);
    const digest = direction({}, "alice", plain).tag();
    expect([...direction({}, "alice", padded).tag()]).toEqual([...digest].map((byte) => byte ^ 0x5a));
  });

  it("keeps all messages of a side in one order, sifting too", () => {
    const sender = direction();
    sender.add(distillationSift.kind, [body("s1")]);
    sender.add(distillationParities.kind, [body("p1")]);
    const tag = sender.tag();
    const receiver = direction();
    receiver.add(distillationSift.kind, [body("s1")]);
    receiver.add(distillationParities.kind, [body("p1")]);
    expect(receiver.verify(tag)).toBe(true);
    const interleaved = direction();
    interleaved.add(distillationParities.kind, [body("p1")]);
    interleaved.add(distillationSift.kind, [body("s1")]);
    expect(interleaved.verify(tag)).toBe(false);
    const swapped = direction();
    swapped.add(distillationSift.kind, [body("p1")]);
    swapped.add(distillationParities.kind, [body("s1")]);
    expect(swapped.verify(tag)).toBe(false);
  });

  it("refuses any change: content, order, kind, boundary, session, settings, sequence, direction, key", () => {
    const messages: [number, string][] = [
      [distillationVerify.kind, "abc"],
      [distillationVerdict.kind, "de"],
    ];
    const tagOf = (authentication: DirectionAuthentication, list = messages) => {
      for (const [kind, text] of list) authentication.add(kind, [body(text)]);
      return authentication.tag();
    };
    const tag = tagOf(direction());
    const altered: Uint8Array[] = [
      tagOf(direction(), [messages[1]!, messages[0]!]),
      tagOf(direction(), [messages[0]!]),
      tagOf(direction(), [[distillationVerify.kind, "abd"], messages[1]!]),
      tagOf(direction(), [[distillationDisclose.kind, "abc"], messages[1]!]),
      tagOf(direction(), [
        [distillationVerify.kind, "ab"],
        [distillationVerdict.kind, "cde"],
      ]),
      tagOf(direction({ sequence: 10 })),
      tagOf(direction({ sessionId: new Uint8Array(32) })),
      tagOf(direction({ settingsDigest: new Uint8Array(32) })),
      tagOf(direction({}, "bob")),
      tagOf(direction({}, "alice", material(4))),
    ];
    const all = [tag, ...altered].map((value) => Buffer.from(value).toString("hex"));
    expect(new Set(all).size).toBe(all.length);
    expect(direction().verify(tag)).toBe(false);
    expect(direction().verify(tag.subarray(1))).toBe(false);
  });

  it("wipes its material when the tag is made, and states how likely a forgery is", () => {
    const key = material();
    const authentication = direction({}, "alice", key);
    authentication.add(distillationSeed.kind, [new Uint8Array(1 << 20)]);
    expect(authentication.forgeryBound).toBeGreaterThan(0);
    expect(authentication.forgeryBound).toBeLessThan(2 ** -64);
    authentication.tag();
    expect(key.every((byte) => byte === 0)).toBe(true);
  });

  it("gives its pad back where no tag was made of it, once, and never one of which a tag was made", () => {
    const key = material();
    const lost = direction({}, "bob", key);
    lost.add(distillationSeed.kind, [body("said")]);
    expect(lost.giveBack()).toEqual({ offset: 640, material: material() });
    expect(lost.giveBack()).toBeNull();
    const sent = direction();
    sent.tag();
    expect(sent.giveBack()).toBeNull();
    const compared = direction();
    compared.verify(new Uint8Array(16));
    expect(compared.giveBack()).toBeNull();
  });
});

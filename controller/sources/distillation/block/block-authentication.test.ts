import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type HashKernel } from "../../../../kernels/index.ts";
import { KIND } from "../messages/index.ts";
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
  return new DirectionAuthentication(hash, key, who, { ...context, ...change });
}

describe("a block's authentication", () => {
  it("accepts the same messages, however they were cut into parts and pieces", () => {
    const sender = direction();
    const receiver = direction();
    const large = new Uint8Array(200_000).fill(7);
    sender.add(KIND.parities, [body("one"), body("two")]);
    sender.add(KIND.seed, [large]);
    receiver.add(KIND.parities, [body("onetwo")]);
    receiver.add(KIND.seed, [large.subarray(0, 99_999), large.subarray(99_999)]);
    expect(receiver.verify(sender.tags())).toBe(true);
  });

  it("keeps sifting and all other messages in order, each for itself", () => {
    const sender = direction();
    sender.add(KIND.sift, [body("s1")]);
    sender.add(KIND.parities, [body("p1")]);
    const interleaved = direction();
    interleaved.add(KIND.parities, [body("p1")]);
    interleaved.add(KIND.sift, [body("s1")]);
    const tags = sender.tags();
    expect(interleaved.verify(tags)).toBe(true);
    const swapped = direction();
    swapped.add(KIND.sift, [body("p1")]);
    swapped.add(KIND.parities, [body("s1")]);
    expect(swapped.verify(tags)).toBe(false);
  });

  it("refuses any change: content, order, kind, boundary, session, settings, sequence, direction, key", () => {
    const messages: [number, string][] = [
      [KIND.verify, "abc"],
      [KIND.verdict, "de"],
    ];
    const tagsOf = (authentication: DirectionAuthentication, list = messages) => {
      for (const [kind, text] of list) authentication.add(kind, [body(text)]);
      return authentication.tags();
    };
    const tags = tagsOf(direction());
    const altered: Uint8Array[] = [
      tagsOf(direction(), [messages[1]!, messages[0]!]),
      tagsOf(direction(), [messages[0]!]),
      tagsOf(direction(), [[KIND.verify, "abd"], messages[1]!]),
      tagsOf(direction(), [[KIND.disclose, "abc"], messages[1]!]),
      tagsOf(direction(), [
        [KIND.verify, "ab"],
        [KIND.verdict, "cde"],
      ]),
      tagsOf(direction({ sequence: 10 })),
      tagsOf(direction({ sessionId: new Uint8Array(32) })),
      tagsOf(direction({ settingsDigest: new Uint8Array(32) })),
      tagsOf(direction({}, "bob")),
      tagsOf(direction({}, "alice", material(4))),
    ];
    const all = [tags, ...altered].map((value) => Buffer.from(value).toString("hex"));
    expect(new Set(all).size).toBe(all.length);
    expect(direction().verify(tags)).toBe(false);
    expect(direction().verify(tags.subarray(1))).toBe(false);
  });

  it("wipes its material when the tags are made, and states how likely a forgery is", () => {
    const key = material();
    const authentication = direction({}, "alice", key);
    authentication.add(KIND.seed, [new Uint8Array(1 << 20)]);
    expect(authentication.forgeryBound).toBeGreaterThan(0);
    expect(authentication.forgeryBound).toBeLessThan(2 ** -64);
    authentication.tags();
    expect(key.every((byte) => byte === 0)).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import { ReplyCache } from "./reply-cache.ts";

describe("the replies that a device keeps", () => {
  it("are the last 32, byte for byte: of more, the oldest is forgotten", () => {
    const cache = new ReplyCache();
    const reply = (sequence: number) => Uint8Array.of(sequence, sequence + 1);
    for (let sequence = 0; sequence < 33; sequence++) cache.store(sequence, 7, reply(sequence));
    const found = Array.from({ length: 33 }, (_, sequence) => cache.find(sequence, 7));
    expect(found).toEqual([undefined, ...Array.from({ length: 32 }, (_, index) => reply(index + 1))]);
  });

  it("are of one opcode each, and young again when they are given anew", () => {
    const cache = new ReplyCache();
    cache.store(1, 7, Uint8Array.of(1));
    expect(cache.find(1, 8)).toBeUndefined();
    for (let sequence = 2; sequence <= 32; sequence++) cache.store(sequence, 7, new Uint8Array());
    // Sequences come round after 65,536 requests.
    cache.store(1, 7, Uint8Array.of(2));
    cache.store(33, 7, new Uint8Array());
    expect([cache.find(1, 7), cache.find(2, 7)]).toEqual([Uint8Array.of(2), undefined]);
  });
});

import { describe, expect, it } from "vitest";
import { distillationTag } from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import { Receivers } from "./receivers.ts";
import { SessionBlocks } from "./session-blocks.ts";
import type { SessionPort } from "./session-port.ts";

const REFUSED = expect.objectContaining({ code: "QKD_PEER_PROTOCOL" });

describe("the receivers of a role", () => {
  it("take their own messages and refuse what is not the peer's to send", () => {
    const heard: number[] = [];
    const receivers = new Receivers({} as SessionPort).on(distillationTag, ({ sequence }) => {
      heard.push(sequence);
    });
    const body = Buffer.concat(distillationTag.encode({ sequence: 4, tag: new Uint8Array(16) }));
    receivers.receive(distillationTag.kind, body);
    for (const kind of [0, distillationTag.kind + 1, 255])
      expect(() => receivers.receive(kind, body)).toThrow(REFUSED);
    expect(heard).toEqual([4]);
  });
});

describe("the blocks of a session", () => {
  const block = (sequence: number) => ({ sequence }) as Block;

  it("are found while they are under way, each in its stage alone", () => {
    const blocks = new SessionBlocks();
    const [first, second] = [block(1), block(2)];
    blocks.add(first);
    blocks.add(second);
    expect(blocks.find(2)).toBe(second);
    for (const sequence of [0, 3]) expect(() => blocks.find(sequence)).toThrow(REFUSED);
    expect(() => blocks.findFinishing(1)).toThrow(REFUSED);
    blocks.finish(first);
    expect(() => blocks.find(1)).toThrow(REFUSED);
    expect(blocks.findFinishing(1)).toBe(first);
    blocks.remove(first);
    expect(() => blocks.findFinishing(1)).toThrow(REFUSED);
    expect([blocks.open, blocks.finishing]).toEqual([[second], []]);
  });
});

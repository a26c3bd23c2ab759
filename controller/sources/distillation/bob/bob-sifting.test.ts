import { describe, expect, it } from "vitest";
import type { Block } from "../block/block.ts";
import type { SessionPort } from "../session/session-port.ts";
import { announceBases } from "./bob-sifting.ts";

describe("the announcing of bases", () => {
  it("runs ahead of the answers by sixteen frames, and not beyond the block", () => {
    const frames = Array.from({ length: 20 }, () => ({
      facts: { detections: 1 },
      plane: () => new Uint8Array(1),
    }));
    const block = { frames, sent: 0, stage: { at: "sifting", frames: 20, sifted: 0 } };
    const session = {
      tell: () => {
        block.sent += 1;
      },
    } as unknown as SessionPort;
    const announce = (sifted: number) => {
      block.stage.sifted = sifted;
      announceBases(session, block as unknown as Block);
      return block.sent;
    };
    expect([announce(0), announce(0), announce(1), announce(3), announce(20)]).toEqual([16, 16, 17, 19, 20]);
  });
});

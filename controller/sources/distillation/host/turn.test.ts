import { describe, expect, it } from "vitest";
import {
  distillationParities,
  distillationSift,
  distillationVerdict,
  distillationVerify,
} from "../../../../protocol/index.ts";
import type { EngineInput } from "../engine-io.ts";
import { turnEnd } from "./turn.ts";

const message = (kind: number, bytes: number): EngineInput => ({
  type: "peerMessage",
  kind,
  body: new Uint8Array(bytes),
});
const parities = (bytes: number): EngineInput => message(distillationParities.kind, bytes);

describe("end of a turn", () => {
  it("lies behind the message that completes the parities", () => {
    expect(turnEnd([parities(60), parities(39), parities(1), parities(70)], 100)).toBe(3);
    expect(turnEnd([parities(500), parities(1)], 100)).toBe(1);
  });

  it("does not count other inputs, which keep their places", () => {
    const inputs = [
      { type: "flush" } as const,
      message(distillationSift.kind, 500),
      parities(100),
      message(distillationVerify.kind, 40),
    ];
    expect(turnEnd(inputs, 100)).toBe(3);
  });

  it("takes everything when there is less", () => {
    expect(turnEnd([parities(60), message(distillationVerdict.kind, 8)], 100)).toBe(2);
    expect(turnEnd([], 100)).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeliveryError, TransportError } from "../../errors/index.ts";
import type { SharedKey } from "./applications.ts";
import { NetworkTally } from "./network-tally.ts";
import { Traffic } from "./traffic.ts";

const KEY: SharedKey = { origin: "qkd", route: [], takenMs: 1, same: true };
const FLOW = { from: "a", to: "b", keyBits: 256, everyMs: 1000, firstMs: 500, tunnels: 2 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function traffic(share: () => Promise<SharedKey>, down: readonly string[] = []) {
  const tally = new NetworkTally();
  const made = new Traffic([FLOW], { share }, tally, (node) => !down.includes(node));
  made.begin();
  return { tally, made };
}

describe("what applications draw", () => {
  it("comes at an even pace from the first moment on, and stops when it is to", async () => {
    const { tally, made } = traffic(async () => KEY);
    await vi.advanceTimersByTimeAsync(490);
    expect(tally.requests).toBe(0);
    await vi.advanceTimersByTimeAsync(4020);
    expect([tally.requests, tally.served.qkd]).toEqual([5, 5]);
    await made.end();
    await vi.advanceTimersByTimeAsync(5000);
    expect(tally.requests).toBe(5);
  });

  it("waits for no more answers than there are tunnels, and counts what it does not ask for", async () => {
    const { tally } = traffic(() => new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(4510);
    expect([tally.requests, tally.unasked]).toEqual([0, 3]);
  });

  it("ends within a moment, whatever still waits, and counts no answer that comes later", async () => {
    const late = Promise.withResolvers<SharedKey>();
    const { tally, made } = traffic(() => late.promise);
    await vi.advanceTimersByTimeAsync(600);
    const ended = made.end();
    await vi.advanceTimersByTimeAsync(1000);
    await ended;
    late.resolve(KEY);
    await vi.advanceTimersByTimeAsync(10);
    expect(tally.requests).toBe(0);
  });

  const unavailable = new DeliveryError("QKD_DELIVERY_UNAVAILABLE", "no key");
  const unreached = new TransportError("QKD_TRANSPORT_OPEN", "refused");
  it.each([
    ["no key is left", unavailable, [], "refused"],
    ["no key is left for a node that is gone", unavailable, ["b"], "unreachable"],
    ["the node itself is gone", unreached, ["a"], "unreachable"],
    ["a node that runs does not answer", unreached, [], "failed"],
    ["a node that runs does not answer for one that is gone", unreached, ["b"], "failed"],
  ] as const)("is told apart where %s", async (_, error, down, why) => {
    const { tally } = traffic(() => Promise.reject(error), down);
    await vi.advanceTimersByTimeAsync(600);
    expect(tally.none).toEqual({ refused: 0, unreachable: 0, failed: 0, [why]: 1 });
    expect(tally.failed).toEqual(why === "failed" ? { [error.code]: 1 } : {});
  });
});

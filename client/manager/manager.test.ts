import { describe, expect, it } from "vitest";
import { DeliveryError, TransportError } from "../../errors/index.ts";
import { chooseEndpoint, endpointStep, HEALTHY } from "./endpoint-health.ts";
import { SeenKeys } from "./seen-keys.ts";
import { mayHaveActed, reasonOf, verdictOf } from "./verdict.ts";

const REST = { firstMs: 100, longestMs: 1000 };
const error = new TransportError("QKD_TRANSPORT_OPEN", "no");
const failed = (sentAtMs: number, nowMs: number, random = 1) =>
  ({ type: "failed", sentAtMs, nowMs, random, error }) as const;

describe("the health of an endpoint", () => {
  it("rests twice as long after each failure, to a bound, spread over the upper half", () => {
    let state = HEALTHY;
    const rests: number[] = [];
    for (let atMs = 0; atMs < 6000; atMs += 1000) {
      state = endpointStep(state, failed(atMs, atMs), REST);
      rests.push(state.restUntilMs - atMs);
    }
    expect(rests).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(endpointStep(HEALTHY, failed(0, 0, 0), REST).restUntilMs).toBe(50);
    expect(endpointStep(state, { type: "answered" }, REST)).toEqual(HEALTHY);
  });

  it("counts requests that failed together once", () => {
    let state = endpointStep(HEALTHY, failed(0, 10), REST);
    for (let call = 0; call < 50; call += 1) state = endpointStep(state, failed(call / 10, 10 + call), REST);
    expect(state).toMatchObject({ failures: 1, restUntilMs: 110 });
    expect(endpointStep(state, failed(120, 130), REST).failures).toBe(2);
  });

  it("rests as long as it asks for, and no request shortens that", () => {
    const busy = endpointStep(HEALTHY, { type: "busy", nowMs: 0, restMs: 5000, error }, REST);
    expect(busy).toMatchObject({ failures: 0, restUntilMs: 5000, lastError: error });
    expect(endpointStep(busy, { type: "busy", nowMs: 1, restMs: 10, error }, REST).restUntilMs).toBe(5000);
    expect(endpointStep(busy, failed(1, 2), REST).restUntilMs).toBe(5000);
  });

  it("decides which endpoint is asked: the first that is ready, else the one that is due first", () => {
    const until = (restUntilMs: number) => ({ ...HEALTHY, restUntilMs });
    const none = new Set<number>();
    expect(chooseEndpoint([HEALTHY, HEALTHY], 0, none)).toEqual({ index: 0, waitMs: 0 });
    expect(chooseEndpoint([until(9), until(7), until(7)], 5, none)).toEqual({ index: 1, waitMs: 2 });
    expect(chooseEndpoint([until(9), until(7)], 8, none)).toEqual({ index: 1, waitMs: 0 });
    expect(chooseEndpoint([HEALTHY, until(7)], 5, new Set([0]))).toEqual({ index: 1, waitMs: 2 });
    expect(chooseEndpoint([HEALTHY], 5, new Set([0]))).toBeNull();
  });
});

describe("what follows from a failed request", () => {
  const unavailable = (context: object) =>
    new DeliveryError("QKD_DELIVERY_UNAVAILABLE", "no", { context: context as never });
  const answer = new DeliveryError("QKD_DELIVERY_ANSWER", "no");
  it.each([
    [unavailable({ status: 503, retryAfterMs: 7 }), { type: "busy", restMs: 7 }],
    [unavailable({ status: 429 }), { type: "busy", restMs: 1000 }],
    [unavailable({ status: 502 }), { type: "failed" }],
    [error, { type: "failed" }],
    [new TransportError("QKD_TRANSPORT_OPEN", "", { context: { stale: true } }), { type: "stale" }],
    [new TransportError("QKD_TRANSPORT_TLS", ""), { type: "distrusted" }],
    [answer, { type: "distrusted" }],
    [new DeliveryError("QKD_DELIVERY_BAD_REQUEST", ""), { type: "stop" }],
    [new DeliveryError("QKD_DELIVERY_UNAUTHORIZED", ""), { type: "stop" }],
    [new DeliveryError("QKD_DELIVERY_STOPPED", ""), { type: "stop" }],
  ])("%o", (one, verdict) => expect(verdictOf(one)).toEqual(verdict));

  it("tells whether a key may be gone, and why there is none", () => {
    expect([error, answer].map(mayHaveActed)).toEqual([false, true]);
    expect(mayHaveActed(new TransportError("QKD_TRANSPORT_OPEN", "", { context: { sent: true } }))).toBe(
      true,
    );
    expect(reasonOf(error)).toBe("unreachable");
    expect(reasonOf(unavailable({ qkdlink_reason: "linkDown" }))).toBe("linkDown");
    for (const word of ["", "two words", "x".repeat(41), "\u001b[2J", 7])
      expect(reasonOf(unavailable({ qkdlink_reason: word }))).toBe("noKey");
  });

  it("remembers so many keys", () => {
    const seen = new SeenKeys(2);
    expect(["a", "a", "b", "a", "c", "b", "a"].map((keyId) => seen.add(keyId))).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});

import { expect, it } from "vitest";
import { GateOrder, type Unmatched } from "./gate-order.ts";

const at = (firstGate: number, more: Partial<Unmatched> = {}): Unmatched => ({
  firstGate: BigInt(firstGate),
  gateCount: 100n,
  waiting: 1,
  fallsLater: false,
  ...more,
});

const joinedAt = (firstGate: number): GateOrder => {
  const order = new GateOrder();
  order.joined(BigInt(firstGate));
  return order;
};

it("leaves out what lies behind while gates rise, and both where they overlap", () => {
  for (const order of [joinedAt(1000), new GateOrder()]) {
    expect(order.judge(at(2000), at(2100))).toBe("own");
    expect(order.judge(at(2100), at(2000))).toBe("other");
    expect(order.judge(at(2000), at(2099))).toBe("both");
    expect(order.judge(at(2099), at(2000))).toBe("both");
  }
});

it("waits where one side begins anew, until the other does, and not for ever", () => {
  const order = joinedAt(1000);
  expect(order.judge(at(0), at(1100))).toBe("wait");
  expect(order.judge(at(0), at(1100, { fallsLater: true }))).toBe("other");
  expect(order.judge(at(0, { waiting: 16 }), at(1100))).toBe("own");
  expect(order.judge(at(1100), at(0))).toBe("wait");
  expect(order.judge(at(1100, { fallsLater: true }), at(0))).toBe("own");
  expect(order.judge(at(1100), at(0, { waiting: 16 }))).toBe("other");
});

it("takes the gates of one side that fell for the younger ones, also where they happen to overlap", () => {
  const order = joinedAt(1000);
  order.passed("own", 300n);
  expect(order.judge(at(1150), at(1100))).toBe("other");
  const other = joinedAt(1000);
  other.passed("other", 300n);
  expect(other.judge(at(1100), at(1150))).toBe("own");
  other.passed("own", 200n);
  expect(other.judge(at(1100), at(1150))).toBe("both");
});

it("does not know at the beginning of a session which is younger, and lets a fall decide", () => {
  const order = new GateOrder();
  expect(order.judge(at(0), at(1100, { fallsLater: true }))).toBe("other");
  expect(order.judge(at(1100, { fallsLater: true }), at(0))).toBe("own");
});

it("does not let a fall decide between frames of one time", () => {
  const order = joinedAt(1000);
  expect(order.judge(at(1100), at(1200, { fallsLater: true }))).toBe("own");
  expect(order.judge(at(1200, { fallsLater: true }), at(1100))).toBe("other");
});

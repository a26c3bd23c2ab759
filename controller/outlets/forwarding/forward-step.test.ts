import { describe, expect, it } from "vitest";
import type { AlarmView } from "../api/index.ts";
import type { Notice } from "../notices/notice.ts";
import {
  type ForwardEffect,
  type ForwardInput,
  type Forwarding,
  forwardDueMs,
  forwardStep,
  MOST_WAITING,
  newForwarding,
} from "./forward-step.ts";

let sequence = 0;
const notice = (id: string): Notice => {
  sequence += 1;
  return { type: "alarm", sequence, atMs: 0, state: "raised", alarm: { id } as AlarmView };
};
const add = (id: string): ForwardInput => ({ type: "notice", notice: notice(id) });

/** Plays inputs, each at its time, and keeps what was to be done. */
class Played {
  state: Forwarding = newForwarding(0);
  readonly effects: (ForwardEffect & { readonly atMs: number })[] = [];
  readonly #confirms: boolean;

  constructor(confirms = false) {
    this.#confirms = confirms;
  }

  at(atMs: number, ...inputs: readonly ForwardInput[]): this {
    for (const input of inputs) {
      const [next, effects] = forwardStep(this.state, input, atMs, this.#confirms);
      this.state = next;
      this.effects.push(...effects.map((effect) => ({ ...effect, atMs })));
    }
    return this;
  }

  /** Lets time pass, stopping wherever the state asks for it. */
  until(atMs: number): this {
    for (;;) {
      const due = forwardDueMs(this.state, this.#confirms);
      if (due > atMs) return this;
      this.at(due, { type: "time" });
    }
  }

  get sent(): readonly string[] {
    return this.effects.flatMap((effect) =>
      effect.type === "send" && effect.notice.type === "alarm" ? [effect.notice.alarm.id] : [],
    );
  }

  told(type: ForwardEffect["type"]): readonly number[] {
    return this.effects.filter((effect) => effect.type === type).map(({ atMs }) => atMs);
  }
}

const TIME: ForwardInput = { type: "time" };
const OPEN: ForwardInput = { type: "opened" };
const HANDED: ForwardInput = { type: "handed" };
const LOST: ForwardInput = { type: "lost", reason: "x" };

describe("forwarding to a collector", () => {
  it("opens at once and sends one notice after the other, in their order", () => {
    const played = new Played().at(0, add("a"), add("b")).at(5, OPEN);
    expect(played.sent).toEqual(["a"]);
    expect(played.at(6, HANDED).at(7, HANDED).sent).toEqual(["a", "b"]);
    expect(played.state.waiting).toEqual([]);
  });

  it("tries again after one second, two, four, to sixty, and tells the loss once", () => {
    const played = new Played().at(0, { type: "time" }).at(0, LOST);
    for (let attempt = 0; attempt < 9; attempt += 1) {
      played.until(played.state.retryAtMs);
      played.at(played.state.sinceMs, LOST);
    }
    expect(played.told("open").slice(0, 8)).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 63_000, 123_000]);
    expect(played.told("tellLost")).toEqual([0]);
  });

  it("tells that it is reached once it stands, not while it flaps", () => {
    const played = new Played().at(0, add("a"), OPEN, HANDED).at(4000, LOST);
    expect(played.told("tellReached")).toEqual([]);
    played.until(5000).at(5001, OPEN).until(20_000);
    expect(played.told("tellReached")).toEqual([10_001]);
    expect(played.told("tellLost")).toEqual([4000]);
  });

  it("sends again what was written within a minute before a connection broke, and not what is older", () => {
    const played = new Played()
      .at(0, add("old"), OPEN, HANDED)
      .at(59_000, add("new"), HANDED)
      .at(61_000, LOST);
    played.until(62_000).at(62_001, OPEN);
    expect(played.sent).toEqual(["old", "new", "new"]);
  });

  it("repeats nothing that a collector confirmed, and what it did not", () => {
    const played = new Played(true).at(0, add("a"), OPEN, HANDED, add("b")).at(1000, LOST);
    played.until(2000).at(2001, OPEN);
    expect(played.sent).toEqual(["a", "b", "b"]);
  });

  it("knows of one that confirms that it is reached by its word alone", () => {
    const played = new Played(true).at(0, TIME, OPEN).until(60_000);
    expect(played.told("tellReached")).toEqual([]);
    expect(played.at(60_000, add("a")).at(60_010, HANDED).told("tellReached")).toEqual([60_010]);
  });

  it("gives up a collector that does not answer for ten seconds, or takes nothing for fifteen", () => {
    const silent = new Played().at(0, { type: "time" }).until(10_000);
    expect([silent.told("close"), silent.told("tellLost")]).toEqual([[10_000], [10_000]]);
    const full = new Played().at(0, TIME, OPEN).at(20_000, add("a")).until(35_000);
    expect([full.told("close"), full.told("tellLost")]).toEqual([[35_000], [35_000]]);
    expect(full.state.waiting).toHaveLength(1);
  });

  it("keeps so many notices at most, and the newest of every alarm", () => {
    const ids = Array.from({ length: 300 }, (_, index) => `alarm ${index}`);
    const played = new Played();
    for (let round = 0; round < 10; round += 1) played.at(0, ...ids.map(add));
    const { waiting, dropped } = played.state;
    expect(waiting).toHaveLength(MOST_WAITING);
    expect(dropped).toBe(10 * 300 - MOST_WAITING);
    const newest = waiting.slice(-300).map((one) => (one.type === "alarm" ? one.alarm.id : ""));
    expect(newest).toEqual(ids);
  });

  it("drops the oldest where every notice is another's, and never the one on its way", () => {
    const played = new Played().at(0, add("first"), OPEN);
    for (let index = 0; index < MOST_WAITING + 5; index += 1) played.at(1, add(`x${index}`));
    const ids = played.state.waiting.map((one) => (one.type === "alarm" ? one.alarm.id : ""));
    expect([ids[0], ids[1], ids.length]).toEqual(["first", "x6", MOST_WAITING]);
    expect(played.at(2, HANDED).sent).toEqual(["first", "x6"]);
  });

  it("says with its return how many were given up meanwhile", () => {
    const played = new Played();
    for (let index = 0; index < MOST_WAITING + 5; index += 1) played.at(0, add(`x${index}`));
    played.at(0, OPEN).until(5000);
    expect(played.effects.at(-1)).toMatchObject({ type: "tellReached", dropped: 5 });
    expect(played.state.dropped).toBe(0);
  });

  it("goes another way at once when it is renewed, with all that waits", () => {
    const played = new Played().at(0, add("a"), OPEN, HANDED, add("b")).at(1, { type: "renewed" });
    expect([played.told("close"), played.told("open")]).toEqual([[1], [0, 1]]);
    expect(played.told("tellLost")).toEqual([]);
    expect(played.at(2, OPEN).sent).toEqual(["a", "b", "a"]);
  });

  it("hears nothing of what it did not ask for", () => {
    const played = new Played().at(0, HANDED, OPEN).at(1, OPEN, HANDED, add("a"));
    expect(played.state.waiting).toHaveLength(1);
    expect(played.state.sinceMs).toBe(0);
  });
});

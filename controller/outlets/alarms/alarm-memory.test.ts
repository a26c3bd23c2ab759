import { describe, expect, it } from "vitest";
import { type AlarmInput, type AlarmMemory, alarmStep, emptyMemory, longestMs } from "./alarm-memory.ts";

const raise = (atMs: number, level: "warn" | "bad" = "warn", id = "a"): AlarmInput => ({
  type: "raise",
  atMs,
  id,
  level,
  text: `at ${atMs}`,
});
const clear = (atMs: number, id = "a"): AlarmInput => ({ type: "clear", atMs, id });
const play = (...inputs: readonly AlarmInput[]) => inputs.reduce(alarmStep, emptyMemory(0));
const one = (memory: AlarmMemory, id = "a") => {
  const found = memory.alarms[id];
  if (found === undefined) throw new Error(`${id} is not remembered`);
  return found;
};

describe("the memory of alarms", () => {
  it("counts how often an alarm came and how long it lasted at most", () => {
    const memory = play(raise(10), clear(40), raise(100), clear(110));
    expect(one(memory)).toMatchObject({ times: 2, longestMs: 30, raisedAtMs: 100, clearedAtMs: 110 });
  });

  it("counts the present time of one that has not gone", () => {
    expect(longestMs(one(play(raise(10), clear(20), raise(100))), 150)).toBe(50);
  });

  it("changes nothing by what is so already", () => {
    const memory = play(raise(10));
    expect(alarmStep(memory, raise(20))).toBe(memory);
    const over = alarmStep(memory, clear(30));
    expect(alarmStep(over, clear(40))).toBe(over);
    expect(alarmStep(over, clear(50, "unknown"))).toBe(over);
  });

  it("keeps the worst level, and asks for another acknowledgement when an alarm becomes worse or comes again", () => {
    const seen = alarmStep(play(raise(10)), { type: "acknowledge", atMs: 12, id: "a", by: "op" });
    expect(one(seen).acknowledged).toEqual({ atMs: 12, by: "op" });
    const worse = alarmStep(seen, raise(20, "bad"));
    expect(one(worse)).toMatchObject({ level: "bad", acknowledged: null, times: 1, raisedAtMs: 10 });
    expect(one(alarmStep(worse, raise(30, "warn")))).toMatchObject({ level: "bad" });
    const again = alarmStep(alarmStep(seen, clear(40)), raise(50));
    expect(one(again)).toMatchObject({ acknowledged: null, times: 2 });
  });

  it("forgets by a reset what is over, and goes on with what is present", () => {
    const memory = play(raise(10), clear(20), raise(30, "bad", "b"), { type: "reset", atMs: 40, by: "op" });
    expect(Object.keys(memory.alarms)).toEqual(["b"]);
    expect(memory).toMatchObject({ resetAtMs: 40, resetBy: "op" });
  });

  it("remembers 256 alarms at most, those that are present first", () => {
    const many = Array.from({ length: 400 }, (_, index) => `x${index}`);
    const memory = play(
      raise(1, "bad", "stays"),
      ...many.flatMap((id, index) => [raise(10 + index, "warn", id), clear(11 + index, id)]),
    );
    expect(Object.keys(memory.alarms)).toHaveLength(256);
    expect(memory.alarms.stays).toBeDefined();
    expect(memory.alarms.x0).toBeUndefined();
    expect(memory.alarms.x399).toBeDefined();
  });

  it("takes no name for one that every object has", () => {
    expect(one(play(raise(1, "warn", "toString")), "toString")).toMatchObject({ times: 1 });
    expect(Object.keys(play(clear(1, "constructor")).alarms)).toEqual([]);
  });
});

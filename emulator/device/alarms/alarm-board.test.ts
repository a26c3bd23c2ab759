import { describe, expect, it } from "vitest";
import { INPUT_REGISTERS } from "../../../protocol/index.ts";
import { AlarmBoard, type AlarmChange } from "./alarm-board.ts";

const NONE = new Map();
const short = (changes: readonly AlarmChange[]) => changes.map((c) => `${c.name} ${c.transition} ${c.level}`);

/** Laser temperature: operating 20 to 30, absolute 0 to 50 degrees. */
function feed(board: AlarmBoard, celsius: number, times = 1): string[] {
  return Array.from({ length: times }, () => board.judge({ laserTemperatureC: celsius }, NONE, 1000)).flatMap(
    short,
  );
}

describe("the alarm board", () => {
  it("is judged against the ranges of the register map", () => {
    expect(INPUT_REGISTERS.laserTemperatureC).toMatchObject({ operating: [20, 30], absolute: [0, 50] });
  });

  it("raises after three readings beyond a range, not after one or two", () => {
    const board = new AlarmBoard();
    expect(feed(board, 31, 2)).toEqual([]);
    expect(feed(board, 25)).toEqual([]);
    expect(feed(board, 31, 3)).toEqual(["laserTemperatureC raised operating"]);
    expect(board.active).toMatchObject([{ code: 1, severity: "major", level: "operating", value: 31 }]);
  });

  it("goes up to the absolute level and back as raised again", () => {
    const board = new AlarmBoard();
    expect(feed(board, 31, 3)).toEqual(["laserTemperatureC raised operating"]);
    expect(feed(board, 55, 3)).toEqual(["laserTemperatureC raised absolute"]);
    expect(board.active[0]?.severity).toBe("critical");
    expect(feed(board, 45)).toEqual(["laserTemperatureC raised operating"]);
    expect(feed(board, 25)).toEqual(["laserTemperatureC cleared operating"]);
    expect(board.active).toEqual([]);
  });

  it("does not clear at the edge of the range", () => {
    const board = new AlarmBoard();
    feed(board, 31, 3);
    expect(feed(board, 29.95, 20)).toEqual([]);
    expect(feed(board, 29.5)).toEqual(["laserTemperatureC cleared operating"]);
  });

  it("clears quantities whose range spans decades, and those that end at one", () => {
    const board = new AlarmBoard();
    const judge = (gain: number, visibility: number) => short(board.judge({ gain, visibility }, NONE, 0));
    for (let i = 0; i < 3; i++) judge(1e-7, 0.9);
    expect(board.active).toHaveLength(2);
    expect(judge(1e-3, 1)).toEqual(["gain cleared operating", "visibility cleared operating"]);
  });

  it("keeps latched conditions until they are let go and their cause is gone", () => {
    const board = new AlarmBoard();
    const hot = new Map([["protectiveShutdown" as const, 50]]);
    expect(short(board.judge({}, hot, 0))).toEqual(["protectiveShutdown raised absolute"]);
    expect(board.judge({}, NONE, 0)).toEqual([]);
    board.clearLatches();
    expect(short(board.judge({}, NONE, 0))).toEqual(["protectiveShutdown cleared absolute"]);
    expect(short(board.judge({}, hot, 0))).toHaveLength(1);
    board.clearLatches();
    expect(board.judge({}, hot, 0)).toEqual([]);
    expect(board.active).toHaveLength(1);
  });

  it("tells the condition of dropped frames from the counter of that name", () => {
    const board = new AlarmBoard();
    const dropped = new Map([["framesDropped" as const, 4]]);
    expect(short(board.judge({ framesDropped: 4 }, dropped, 0))).toEqual(["framesDropped raised operating"]);
    expect(board.judge({ framesDropped: 4 }, dropped, 0)).toEqual([]);
    expect(short(board.judge({ framesDropped: 4 }, NONE, 0))).toEqual(["framesDropped cleared operating"]);
  });

  it("lets conditions without a latch go by themselves", () => {
    const board = new AlarmBoard();
    board.judge({}, new Map([["laserOff" as const, 0]]), 0);
    expect(short(board.judge({}, NONE, 0))).toEqual(["laserOff cleared operating"]);
  });
});

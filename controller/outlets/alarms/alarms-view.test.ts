import { expect, it } from "vitest";
import { alarmStep, emptyMemory } from "./alarm-memory.ts";
import { alarmsView } from "./alarms-view.ts";
import { watchedAlarms } from "./watched-alarms.ts";

const watched = (role: "qtx" | "qrx") => new Map(watchedAlarms(role).map((alarm) => [alarm.id, alarm]));

it("shows what is present first, and counts what never was", () => {
  let memory = emptyMemory(0);
  for (const [id, level, atMs] of [
    ["qrx.qberZPpm", "warn", 10],
    ["site.linkDown", "bad", 20],
    ["qrx.gain", "warn", 30],
  ] as const)
    memory = alarmStep(memory, { type: "raise", id, level, atMs, text: "" });
  memory = alarmStep(memory, { type: "clear", id: "qrx.gain", atMs: 35 });
  const view = alarmsView(memory, watched("qrx"), 100, true);
  expect(view.alarms.map(({ id, state, longestMs }) => [id, state, longestMs])).toEqual([
    ["site.linkDown", "present", 80],
    ["qrx.qberZPpm", "present", 90],
    ["qrx.gain", "remembered", 5],
  ]);
  expect([view.present, view.remembered, view.never]).toEqual([2, 1, view.watched - 3]);
  expect(view.quiet).toHaveLength(view.never);
});

it("watches at each site the alarms of its own unit", () => {
  const [qtx, qrx] = [watched("qtx"), watched("qrx")];
  expect([qtx.has("qtx.laserOff"), qtx.has("qtx.detector0BiasV"), qtx.has("qtx.lossOfSignal")]).toEqual([
    true,
    false,
    false,
  ]);
  expect([qrx.has("qrx.laserBiasMa"), qrx.has("qrx.detector0BiasV"), qrx.has("qrx.lossOfSignal")]).toEqual([
    false,
    true,
    true,
  ]);
});

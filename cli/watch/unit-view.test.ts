import { describe, expect, it } from "vitest";
import type {
  DeviceIdentity,
  HealthQuantity,
  TransceiverAlarm,
  TransceiverHealth,
} from "../../drivers/index.ts";
import { screenLines } from "./screen.ts";
import { type Notice, newUnit, type UnitInput, type UnitView, unitStep } from "./unit-view.ts";
import { healthJson, noticeLine, summaryLine } from "./watch-lines.ts";

const IDENTITY = { role: "qrx", model: "Q-1", serial: "S7", linkId: "ab" } as unknown as DeviceIdentity;

const quantity = (name: string, value: number, level: HealthQuantity["level"] = "ok"): HealthQuantity => ({
  name,
  unit: name.endsWith("C") ? "degC" : "Hz",
  value,
  level,
  ageMs: 100,
  source: "modbus",
});

const health = (
  quantities: readonly HealthQuantity[],
  state: TransceiverHealth["state"] = "online",
): TransceiverHealth => ({ state, qberPpm: 23_400, quantities, droppedFrames: 0 });

const alarm = (raised: boolean, code = 4): TransceiverAlarm => ({
  code,
  name: "attenuatorDb",
  severity: "major",
  level: "operating",
  raised,
  value: 30,
  text: raised ? "attenuator low" : "",
});

/** A unit after these inputs, a second apart, with everything that was told. */
function hear(inputs: readonly UnitInput[]): { readonly view: UnitView; readonly told: Notice[] } {
  let view = newUnit("tcp://h:1", IDENTITY, 0);
  const told: Notice[] = [];
  inputs.forEach((input, index) => {
    const [next, notices] = unitStep(view, input, 1000 * (index + 1));
    view = next;
    told.push(...notices);
  });
  return { view, told };
}

const SCREEN = { columns: 100, rows: 30, colours: false, nowMs: 20_000, wall: new Date(0) };

describe("a watched unit", () => {
  it("tells each change of a level once, with where it comes from", () => {
    const { told, view } = hear([
      { type: "health", health: health([quantity("detector0TemperatureC", -30)]) },
      { type: "health", health: health([quantity("detector0TemperatureC", -19, "degraded")]) },
      { type: "health", health: health([quantity("detector0TemperatureC", -19, "degraded")]) },
      { type: "health", health: health([quantity("detector0TemperatureC", -30)]) },
    ]);
    expect(told.map((notice) => noticeLine(view, notice))).toEqual([
      "QRX S7 is online",
      expect.stringMatching(/^QRX S7 detector0TemperatureC −19 °C: ok -> degraded \(operating .* to .*\)$/),
      expect.stringContaining("degraded -> ok"),
    ]);
  });

  it("tells a lost connection once, with its reason, and no level of readings that only grow old", () => {
    const lost = { type: "connection", state: "reconnecting", trouble: "the device hung up" } as const;
    const { told, view } = hear([
      { type: "health", health: health([quantity("detector0CountRateHz", 1e6)]) },
      lost,
      lost,
      { type: "health", health: health([quantity("detector0CountRateHz", 1e6, "invalid")], "offline") },
    ]);
    expect(told.slice(1).map((notice) => noticeLine(view, notice))).toEqual([
      "QRX S7 reconnecting: the device hung up",
      "QRX S7 is offline",
    ]);
    expect(summaryLine(view)).toBe("QRX S7 reconnecting, no reading");
    const lines = screenLines([view], SCREEN);
    expect(lines[2]).toContain("✕ reconnecting");
    expect(lines[3]).toBe("no reading for 19 s: the device hung up");
    expect(view.trends.get("detector0CountRateHz")).toEqual([1e6]);
  });

  it("remembers alarms: present, gone, how often and how long at most", () => {
    const { view } = hear([
      { type: "alarm", alarm: alarm(true) },
      { type: "alarm", alarm: alarm(true) },
      { type: "alarm", alarm: alarm(false) },
      { type: "alarm", alarm: alarm(true) },
    ]);
    expect(view.alarms.get(4)).toMatchObject({
      count: 2,
      longestMs: 2000,
      sinceMs: 4000,
      text: "attenuator low",
    });
    expect(screenLines([view], SCREEN).at(-1)).toBe(
      "▲ present for 16 s  attenuatorDb (major), 2 times, longest 16 s: attenuator low",
    );
    const gone = hear([
      { type: "alarm", alarm: alarm(true) },
      { type: "alarm", alarm: alarm(false) },
    ]);
    expect(screenLines([gone.view], SCREEN).at(-1)).toContain("◐ gone  attenuatorDb");
    expect(screenLines([hear([]).view], SCREEN).at(-1)).toContain("○ none since the watch began");
  });

  it("is drawn within the terminal, out of order first, and says what it leaves out", () => {
    const many = ["detector0BiasV", "detector1BiasV", "filterTemperatureC", "monitorTemperatureC"];
    const readings = [
      ...many.map((name) => quantity(name, 20)),
      quantity("detector0TemperatureC", 5, "invalid"),
    ];
    const { view } = hear([{ type: "health", health: health(readings) }]);
    const lines = screenLines([view], { ...SCREEN, rows: 8, columns: 60 });
    expect(lines).toHaveLength(8);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(60);
    expect(lines.find((line) => line.includes("detector0TemperatureC"))).toContain("■");
    expect(lines.at(-2)).toBe("… 3 more, all in order");
  });

  it("gives machines every reading with unit, level and age", () => {
    const { view } = hear([{ type: "health", health: health([quantity("detector0CountRateHz", 5)]) }]);
    expect(healthJson(view, new Date(0))).toEqual({
      type: "health",
      at: "1970-01-01T00:00:00.000Z",
      address: "tcp://h:1",
      role: "qrx",
      serial: "S7",
      state: "online",
      qberPpm: 23_400,
      quantities: { detector0CountRateHz: { value: 5, unit: "Hz", level: "ok", ageMs: 100 } },
    });
  });
});

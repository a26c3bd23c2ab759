import { afterEach, describe, expect, it } from "vitest";
import type { MeasurementRequest } from "../../drivers/index.ts";
import type { EventOf } from "../../protocol/index.ts";
import type { FakeDevice } from "./fake-device.ts";
import { onVirtualTime, pass, served } from "./transceiver-bench.ts";

onVirtualTime();

const REQUEST: MeasurementRequest = { kind: "gateDelay", from: -10, to: 10, points: 3, dwellMs: 1000 };
const point = (index: number, run = 5): EventOf<"measurementPoint"> => ({
  run,
  index,
  x: index * 10 - 10,
  gates: 100,
  blindGates: 0,
  clicks: [3, 2],
  doubles: 1,
  sent: [90, 4, 2, 2, 1, 1],
  cells: [4, ...new Array(47).fill(0)],
});

describe("a measurement", () => {
  const starting = (device: FakeDevice) => {
    device.on("startMeasurement", () => ({ run: 5 }));
    device.on("stopMeasurement", (request) => request);
  };
  const subscriptions: { unsubscribe(): void }[] = [];
  afterEach(() => {
    for (const one of subscriptions.splice(0)) one.unsubscribe();
  });
  async function measuring(prepare = starting) {
    const all = await served(prepare);
    const seen = { points: [] as number[], error: undefined as unknown, complete: false };
    const subscription = all.service.measure(REQUEST).subscribe({
      next: ({ index }) => void seen.points.push(index),
      error: (error) => Object.assign(seen, { error }),
      complete: () => Object.assign(seen, { complete: true }),
    });
    subscriptions.push(subscription);
    await pass(1);
    const stops = () =>
      all.device().seen.flatMap(({ name, request }) => (name === "stopMeasurement" ? [request] : []));
    const end = (outcome: EventOf<"measurementEnded">["outcome"]) =>
      all.device().event("measurementEnded", { run: 5, outcome, text: "so\u0007" });
    return { ...all, seen, subscription, stops, end };
  }

  it("tells its points and no others, and completes after the last", async () => {
    const { device, seen, stops, end } = await measuring();
    device().event("measurementPoint", point(0, 4));
    for (const index of [0, 1, 2]) device().event("measurementPoint", point(index));
    end("completed");
    await pass(1);
    expect(seen).toEqual({ points: [0, 1, 2], error: undefined, complete: true });
    expect(stops()).toEqual([]);
  });

  it("is stopped at the unit when nobody listens any more", async () => {
    const { device, subscription, stops } = await measuring();
    device().event("measurementPoint", point(0));
    subscription.unsubscribe();
    await pass(1);
    expect(stops()).toEqual([{ run: 5 }]);
  });

  it("is stopped at the unit also when one leaves before its start is answered", async () => {
    const { device, service } = await served(starting);
    service.measure(REQUEST).subscribe().unsubscribe();
    await pass(10);
    expect(device().names().slice(-2)).toEqual(["startMeasurement", "stopMeasurement"]);
  });

  it("whose start gets no answer is stopped at the unit, whether it began or not", async () => {
    const { seen, stops } = await measuring((device) => {
      starting(device);
      device.on("startMeasurement", () => "silence");
    });
    await pass(5_000);
    expect(seen.error).toMatchObject({ code: "QKD_REQUEST_TIMEOUT" });
    expect(stops()).toEqual([{ run: 0 }]);
  });

  it("ends with what ended the connection, and does not go on after a reconnection", async () => {
    const { seen, device, unplug, stops } = await measuring();
    device().event("measurementPoint", point(0));
    await pass(1);
    unplug();
    await pass(10_000);
    expect(seen).toMatchObject({ points: [0], error: { code: expect.stringMatching(/^QKD_TRANSPORT_/) } });
    device().event("measurementPoint", point(1));
    await pass(10);
    expect([seen.points, stops()]).toEqual([[0], []]);
  });

  it.each([
    ["the unit's word", "aborted", [0], "QKD_DEVICE_STATE", "aborted: so\ufffd"],
    ["a point that is lost on the line", "completed", [0, 2], "QKD_DEVICE_STATE", "Point 1 of 3"],
    ["a last point that is lost", "completed", [0, 1], "QKD_DEVICE_STATE", "Point 2 of 3"],
  ] as const)("ends by %s", async (_how, outcome, points, code, sentence) => {
    const { seen, device, end } = await measuring();
    for (const index of points) device().event("measurementPoint", point(index));
    end(outcome);
    await pass(1);
    expect(seen.error).toMatchObject({ code, message: expect.stringContaining(sentence) });
  });

  it.each([
    ["sent", { sent: [91, 4, 2, 2, 1, 1] }],
    ["cells", { cells: [5, ...new Array(47).fill(0)] }],
    ["doubles", { doubles: 3, cells: [2, ...new Array(47).fill(0)] }],
    ["blindGates", { blindGates: 101 }],
  ])("believes no point that contradicts itself in %s, and stops", async (_field, wrong) => {
    const { seen, device, stops } = await measuring();
    device().event("measurementPoint", { ...point(0), ...wrong });
    await pass(1);
    expect([seen.points, stops()]).toEqual([[], [{ run: 5 }]]);
    expect(seen.error).toMatchObject({ code: "QKD_CODEC_VALUE" });
  });

  it("of which nothing is told any more ends after half a minute and four dwells", async () => {
    const { seen, stops } = await measuring();
    await pass(33_000);
    expect(seen.error).toBeUndefined();
    await pass(2_000);
    expect(seen.error).toMatchObject({ code: "QKD_REQUEST_TIMEOUT" });
    expect(stops()).toEqual([{ run: 5 }]);
  });

  it("that the unit refuses says so", async () => {
    const { seen } = await measuring((device) => device.on("startMeasurement", () => ({ refuse: "busy" })));
    await pass(1);
    expect(seen.error).toMatchObject({ code: "QKD_DEVICE_BUSY" });
  });

  it.each([
    [{ ...REQUEST, points: 0 }],
    [{ ...REQUEST, points: 1.5 }],
    [{ ...REQUEST, dwellMs: 60_001 }],
    [{ ...REQUEST, from: Number.NaN }],
    [{ ...REQUEST, kind: "delay" as never }],
    [{ ...REQUEST, other: 1 } as never],
  ])("a measurement of %o is refused at once", async (request) => {
    const { service } = await served();
    expect(() => service.measure(request)).toThrowError(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID" }),
    );
  });
});

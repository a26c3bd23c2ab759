import { describe, expect, it } from "vitest";
import type { OpenedTransceiver } from "../../drivers/index.ts";
import { isNotSupported } from "../../drivers/index.ts";
import type { EventOf, ReplyOf } from "../../protocol/index.ts";
import type { FakeDevice } from "./fake-device.ts";
import { DEAD_TIME, GATE_DELAY } from "./listed-parameters.ts";
import { onVirtualTime, pass, served } from "./transceiver-bench.ts";

onVirtualTime();

const DESCRIPTION: ReplyOf<"describe"> = {
  calibratedAtS: 1_790_000_000,
  calibrationDueS: 2 ** 53 - 1,
  meanPhotonsUncertainty: 0.02,
  quantumNm: 1550.12,
  serviceNm: null,
  parts: [{ name: "laser\u001b[2J", model: "DFB", serial: "7" }],
  measurements: ["counts"],
  histograms: [],
  tunes: ["phase"],
  commands: [1, 0x54, 0x7001],
};

const settled = (work: Promise<unknown>) => {
  const told: { value?: unknown; error?: unknown } = {};
  work.then(
    (value) => Object.assign(told, { value }),
    (error) => Object.assign(told, { error }),
  );
  return told;
};

describe("describing a unit", () => {
  it("gives dates and names, printable", async () => {
    const { service } = await served((device) => device.on("describe", () => DESCRIPTION));
    expect(await service.describe()).toEqual({
      ...DESCRIPTION,
      calibratedAtS: undefined,
      calibrationDueS: undefined,
      calibratedAt: new Date("2026-09-21T14:13:20Z"),
      calibrationDue: null,
      parts: [{ name: "laser\ufffd[2J", model: "DFB", serial: "7" }],
      commands: ["ping", "lease"],
    });
  });

  it("describes a unit without the command as one without extensions", async () => {
    const { service } = await served();
    const { commands, measurements, calibratedAt } = await service.describe();
    expect(commands).toContain("setParameter");
    expect(commands).not.toContain("lease");
    expect([measurements, calibratedAt]).toEqual([[], null]);
  });

  it("does not take any other refusal for an answer", async () => {
    const { service } = await served((device) => device.on("describe", () => ({ refuse: "internal" })));
    await expect(service.describe()).rejects.toMatchObject({ code: "QKD_REQUEST_REJECTED" });
  });

  it.each([
    ["lease", (service: OpenedTransceiver["service"]) => service.lease("ann")],
    ["histogram", (service: OpenedTransceiver["service"]) => service.histogram("gap", 0)],
    ["tune", (service: OpenedTransceiver["service"]) => service.tune("phase")],
    ["resetAlarmLatch", (service: OpenedTransceiver["service"]) => service.resetAlarmLatch()],
  ])("says of %s that the unit does not support it", async (_name, ask) => {
    const { service } = await served();
    const error = await ask(service).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "QKD_DEVICE_UNKNOWN_OPCODE" });
    expect(isNotSupported(error)).toBe(true);
  });
});

describe("a lease", () => {
  const granting = (device: FakeDevice) =>
    device.on("lease", ({ holder, seconds }) => ({ holder, seconds, yours: holder !== "" }));
  const asked = (device: FakeDevice) =>
    device.seen.filter(({ name }) => name === "lease").map(({ request }) => request);

  it("is renewed three times in its time until it is given back", async () => {
    const { service, device } = await served(granting);
    const lease = await service.lease("ann", { seconds: 30 });
    await pass(35_000);
    expect(asked(device())).toEqual(new Array(4).fill({ holder: "ann", seconds: 30, ending: "restore" }));
    await lease.release();
    await lease.release();
    await pass(60_000);
    expect(asked(device()).slice(4)).toEqual([{ holder: "ann", seconds: 0, ending: "restore" }]);
    expect(lease.lost.aborted).toBe(false);
  });

  it("is given back with its settings kept where that is asked for", async () => {
    const { service, device } = await served(granting);
    await (await service.lease("ann", { ending: "restore" })).release({ keep: true });
    expect(asked(device()).at(-1)).toEqual({ holder: "ann", seconds: 0, ending: "keep" });
  });

  it("of another is told by name", async () => {
    const { service } = await served((device) =>
      device.on("lease", ({ holder }) =>
        holder === "" ? { holder: "bob\n", seconds: 40, yours: false } : { refuse: "busy" },
      ),
    );
    await expect(service.lease("ann")).rejects.toMatchObject({ code: "QKD_DEVICE_BUSY" });
    expect(await service.leaseHolder()).toEqual({ holder: "bob\ufffd", seconds: 40, yours: false });
  });

  it("is lost with the connection, says why, and is not taken again behind one's back", async () => {
    const { service, device, unplug } = await served(granting);
    const lease = await service.lease("ann", { seconds: 30 });
    unplug();
    await pass(5_000);
    expect(lease.lost.reason).toMatchObject({ code: expect.stringMatching(/^QKD_TRANSPORT_/) });
    await pass(60_000);
    expect(asked(device())).toEqual([]);
    await lease.release();
    await expect(lease.release({ keep: true })).rejects.toBe(lease.lost.reason);
  });

  it("is lost when the transceiver is closed", async () => {
    const { service, transceiver } = await served(granting);
    const lease = await service.lease("ann");
    await transceiver.close();
    expect(lease.lost.reason).toMatchObject({ code: "QKD_TRANSPORT_CLOSED" });
  });

  it("is lost when the unit refuses a renewal, and outlives renewals that get no answer until its time is over", async () => {
    const { service, device } = await served(granting);
    const refused = await service.lease("ann", { seconds: 30 });
    device().on("lease", () => ({ refuse: "busy" }));
    await pass(10_000);
    expect(refused.lost.reason).toMatchObject({ code: "QKD_DEVICE_BUSY" });
    granting(device());
    const silent = await service.lease("ann", { seconds: 30 });
    device().on("lease", () => "silence");
    await pass(25_000);
    expect(silent.lost.aborted).toBe(false);
    await pass(10_000);
    expect(silent.lost.reason).toMatchObject({ code: "QKD_REQUEST_TIMEOUT" });
  });

  it("is none without a connection", async () => {
    const { service, unplug, state } = await served(granting);
    state.powered = false;
    unplug();
    await pass(50);
    await expect(service.lease("ann")).rejects.toMatchObject({ code: "QKD_TRANSPORT_CLOSED" });
  });

  it("that a unit says it does not hold is none", async () => {
    const { service } = await served((device) =>
      device.on("lease", ({ seconds }) => ({ holder: "bob", seconds, yours: false })),
    );
    await expect(service.lease("ann")).rejects.toMatchObject({ code: "QKD_REQUEST_REJECTED" });
  });
});

describe("parameters by name", () => {
  const LISTED: ReplyOf<"listParameters"> = {
    parameters: [
      { id: 1, name: "clockHz", type: "real", unit: "Hz", min: 0, max: 1e11, access: "readOnly", value: 1e9 },
      { id: 4, name: "deviceName", type: "text", unit: "", min: 0, max: 4, access: "readWrite", value: "x" },
      {
        id: 0x10,
        name: "laserEnabled",
        type: "boolean",
        unit: "",
        min: 0,
        max: 1,
        access: "readWrite",
        value: 1,
      },
      GATE_DELAY,
      DEAD_TIME,
      {
        id: 0x8001,
        name: "fan\u0007",
        type: "real",
        unit: "",
        min: 0,
        max: 1,
        access: "readWrite",
        value: 0.5,
      },
    ],
  };
  const listing = (device: FakeDevice) => {
    device.on("listParameters", () => LISTED);
    device.on("setParameter", (request) => request);
  };
  const sent = (device: FakeDevice) =>
    device.seen.filter(({ name }) => name === "setParameter").map(({ request }) => request);

  it("are listed with ranges, as values of their kind", async () => {
    const { service } = await served(listing);
    const parameters = await service.parameters();
    expect(
      parameters.map(({ name, value, writable, volatile }) => [name, value, writable, volatile]),
    ).toEqual([
      ["clockHz", 1e9, false, false],
      ["deviceName", "x", true, false],
      ["laserEnabled", true, true, true],
      ["gateDelayPs", 0, true, true],
      ["deadTimeGates", 1, true, false],
      ["fan\ufffd", 0.5, true, false],
    ]);
    expect(await service.parameter("gateDelayPs")).toMatchObject({ id: 0x22, min: -50, max: 50, unit: "ps" });
  });

  it("are set by name, booleans as such", async () => {
    const { service, device } = await served(listing);
    expect(await service.setParameter("laserEnabled", false)).toBe(false);
    expect(await service.setParameter("gateDelayPs", -12.5)).toBe(-12.5);
    expect(await service.setParameter("deviceName", "µ1")).toBe("µ1");
    expect(sent(device())).toEqual([
      { id: 0x10, value: 0 },
      { id: 0x22, value: -12.5 },
      { id: 4, value: "µ1" },
    ]);
  });

  it.each([
    ["gateDelaysPs", 1, /no parameter gateDelaysPs.*write gateDelayPs/],
    ["clockHz", 1, /clockHz cannot be changed/],
    ["gateDelayPs", 50.1, /gateDelayPs cannot be 50.1.*-50 to 50 ps/],
    ["gateDelayPs", -51, /gateDelayPs cannot be -51/],
    ["gateDelayPs", Number.NaN, /takes a number/],
    ["gateDelayPs", "1", /takes a number/],
    ["gateDelayPs", true, /takes a number/],
    ["deadTimeGates", 1.5, /takes a whole number/],
    ["laserEnabled", 1, /takes true or false/],
    ["deviceName", 1, /takes a text/],
    ["deviceName", "µµµ", /at most 4 bytes/],
  ] as const)("%s = %o is refused before it is sent", async (name, value, sentence) => {
    const { service, device } = await served(listing);
    const error = await service.setParameter(name, value).catch((reason) => reason);
    expect(error.code).toBe("QKD_DEVICE_BAD_PARAMETER");
    expect(error.line).toMatch(sentence);
    expect(sent(device())).toEqual([]);
  });
});

describe("tuning", () => {
  const tuned = (run: number): EventOf<"tuned"> => ({
    run,
    what: "phase",
    outcome: "adjusted",
    from: 0,
    to: 0.1,
    unit: "rad",
    text: "followed",
  });

  it("tells what came of its own run", async () => {
    const { service, device } = await served((one) => one.on("tune", () => ({ run: 3 })));
    const told = settled(service.tune("phase"));
    await pass(1);
    device().event("tuned", tuned(2));
    await pass(1);
    expect(told).toEqual({});
    device().event("tuned", tuned(3));
    await pass(1);
    expect(told).toEqual({ value: tuned(3) });
  });

  it("ends with the connection, and when nothing is told", async () => {
    const { service, unplug } = await served((one) => one.on("tune", () => ({ run: 3 })));
    const silent = settled(service.tune("phase"));
    await pass(301_000);
    expect(silent.error).toMatchObject({ code: "QKD_REQUEST_TIMEOUT" });
    const lost = settled(service.tune("phase"));
    await pass(1);
    unplug();
    await pass(100);
    expect(lost.error).toMatchObject({ code: expect.stringMatching(/^QKD_TRANSPORT_/) });
  });

  it("by itself is asked for with an interval, and ended with none", async () => {
    const { service, device } = await served((one) => one.on("tune", () => ({ run: 3 })));
    await service.tuneByItself("delay");
    await service.tuneByItself("delay", 0);
    expect(
      device()
        .seen.slice(-2)
        .map(({ request }) => request),
    ).toEqual([
      { what: "delay", mode: "auto", intervalS: 600 },
      { what: "delay", mode: "off", intervalS: 0 },
    ]);
  });
});

describe("what cannot be meant", () => {
  it.each([
    ["a lease without a name", (service: OpenedTransceiver["service"]) => service.lease("")],
    ["too long a lease", (service: OpenedTransceiver["service"]) => service.lease("a", { seconds: 601 })],
    ["no lease time", (service: OpenedTransceiver["service"]) => service.lease("a", { seconds: 0 })],
    [
      "an unknown option",
      (service: OpenedTransceiver["service"]) => service.lease("a", { second: 5 } as never),
    ],
    [
      "an unknown histogram",
      (service: OpenedTransceiver["service"]) => service.histogram("gaps" as never, 0),
    ],
    ["an unknown detector", (service: OpenedTransceiver["service"]) => service.histogram("gap", 2 as never)],
    ["an unknown target", (service: OpenedTransceiver["service"]) => service.tune("all" as never)],
    ["too short an interval", (service: OpenedTransceiver["service"]) => service.tuneByItself("phase", 9)],
    ["no name", (service: OpenedTransceiver["service"]) => service.parameter("")],
  ])("%s is refused before anything is sent", async (_what, ask) => {
    const { service, device } = await served();
    const before = device().seen.length;
    await expect(ask(service)).rejects.toMatchObject({ code: "QKD_CONFIG_INVALID" });
    expect(device().seen.length).toBe(before);
  });
});

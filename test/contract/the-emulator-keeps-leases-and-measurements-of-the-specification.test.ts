import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EmulatedLink } from "../../emulator/index.ts";
import { COMMANDS, type CommandName, errorReply, type Frame, PARAMETERS } from "../../protocol/index.ts";
import { startSpecifiedLink } from "./specification-bench.ts";
import { TestClient } from "./test-client.ts";

/** Sections 4.6, 5.4 and 5.5 of protocol/SPEC.md, against both emulated devices; the title names the clause. */
let link: EmulatedLink;
const clients: TestClient[] = [];
beforeAll(async () => {
  link = await startSpecifiedLink();
});
afterEach(async () => {
  for (const one of clients.splice(0)) one.close();
  for (const site of ["alice", "bob"] as const) {
    const client = await TestClient.tcp(link.addresses[site].tcp);
    const away = () => client.call("lease", { holder: "", seconds: 0, ending: "keep" });
    await expect.poll(async () => (await away()).holder).toBe("");
    await client.call("reset", { what: "factory" });
    await client.closed;
  }
});
afterAll(() => link.stop());

async function at(site: "alice" | "bob"): Promise<TestClient> {
  const client = await TestClient.tcp(link.addresses[site].tcp);
  clients.push(client);
  return client;
}

const refusalOf = (frame: Frame) =>
  frame.kind === "error" ? errorReply.decode(frame.payload) : { code: frame.kind, text: "" };
const codeOf = (frame: Frame) => refusalOf(frame).code;
const LEASE = { holder: "ann", seconds: 60, ending: "restore" } as const;
const NOBODY = { holder: "", seconds: 0, ending: "restore" } as const;
const START = { detectionsPerFrame: 1000, creditFrames: 4 };
const COUNTS = { kind: "counts", from: 0, to: 0, points: 2, dwellMs: 300 } as const;
const names = Object.keys(COMMANDS) as CommandName[];
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

async function settingOf(client: TestClient, name: keyof typeof PARAMETERS) {
  return (await client.call("getParameter", { id: PARAMETERS[name].id })).value;
}

/** Lets link time pass until the run has told its end. */
async function ended(client: TestClient, count = 1) {
  for (;;) {
    const end = client.events("measurementEnded")[count - 1];
    if (end !== undefined) return end;
    await link.advance(100);
    await client.call("ping", { token: 0n });
  }
}

describe("section 4.6: leases", () => {
  it.each(names.filter((name) => COMMANDS[name].writes))(
    "%s writes: it is answered with busy while another connection has the lease, and names the holder",
    async (name) => {
      const [holder, other] = [await at("bob"), await at("bob")];
      await holder.call("lease", LEASE);
      const request = COMMANDS[name].request.samples[0] as never;
      expect(refusalOf(await other.ask(name, request))).toEqual({
        code: "busy",
        text: expect.stringMatching(/^ann has leased/),
      });
    },
  );

  it.each(names.filter((name) => !COMMANDS[name].writes && name !== "lease"))(
    "%s does not write: it is answered as ever",
    async (name) => {
      const [holder, other] = [await at("bob"), await at("bob")];
      await holder.call("lease", LEASE);
      const requests = {
        getParameter: { id: PARAMETERS.deviceName.id },
        readHistogram: { kind: "gap", detector: 0 },
      };
      const request = { ...requests }[name as "getParameter"] ?? COMMANDS[name].request.samples[0];
      expect(codeOf(await other.ask(name, request as never))).toBe("reply");
    },
  );

  it("belongs to its connection, is told to whoever asks, and ends with the connection", async () => {
    const [holder, other] = [await at("bob"), await at("bob")];
    expect(await holder.call("lease", LEASE)).toEqual({ holder: "ann", seconds: 60, yours: true });
    expect(await other.call("lease", NOBODY)).toMatchObject({ holder: "ann", yours: false });
    expect(codeOf(await other.ask("lease", { ...LEASE, holder: "ann" }))).toBe("busy");
    expect((await holder.call("setParameter", { id: PARAMETERS.gateDelayPs.id, value: 40 })).value).toBe(40);
    holder.close();
    await expect.poll(async () => (await other.call("lease", NOBODY)).holder).toBe("");
    expect(await settingOf(other, "gateDelayPs")).toBe(0);
  });

  it("puts volatile parameters back at its end with restore, leaves them with keep, and others in any case", async () => {
    const client = await at("bob");
    const set = (name: "gateDelayPs" | "deadTimeGates", value: number) =>
      client.call("setParameter", { id: PARAMETERS[name].id, value });
    await set("gateDelayPs", 10);
    await client.call("lease", LEASE);
    await set("gateDelayPs", 20);
    await set("deadTimeGates", 77);
    await client.call("lease", { ...LEASE, seconds: 0 });
    expect([await settingOf(client, "gateDelayPs"), await settingOf(client, "deadTimeGates")]).toEqual([
      10, 77,
    ]);
    await client.call("lease", LEASE);
    await set("gateDelayPs", 30);
    await client.call("lease", { ...LEASE, seconds: 0, ending: "keep" });
    expect(await settingOf(client, "gateDelayPs")).toBe(30);
  });

  it("goes with a hard reset, which leaves the defaults", async () => {
    const [holder, other] = [await at("bob"), await at("bob")];
    await holder.call("setParameter", { id: PARAMETERS.gateDelayPs.id, value: 10 });
    await holder.call("lease", LEASE);
    await holder.call("reset", { what: "hard" });
    await Promise.all([holder.closed, other.closed]);
    const next = await at("bob");
    expect(await next.call("lease", NOBODY)).toMatchObject({ holder: "", seconds: 0 });
    expect(await settingOf(next, "gateDelayPs")).toBe(0);
  });

  it("is refused with busy while another connection makes key or measures, and to nobody for his own", async () => {
    const [owner, other] = [await at("bob"), await at("bob")];
    await owner.call("startKeyExchange", START);
    expect(refusalOf(await other.ask("lease", LEASE)).text).toMatch(/runs a key exchange$/);
    expect((await owner.call("lease", LEASE)).yours).toBe(true);
    await owner.call("lease", { ...LEASE, seconds: 0 });
    await owner.call("stopKeyExchange", { sessionNumber: 0 });
    await owner.call("startMeasurement", COUNTS);
    expect(refusalOf(await other.ask("lease", LEASE)).text).toMatch(/measures$/);
    expect((await owner.call("lease", LEASE)).yours).toBe(true);
  });

  it("is refused beyond 600 s, without a name, and given back by whoever has none", async () => {
    const client = await at("bob");
    expect(codeOf(await client.ask("lease", { ...LEASE, seconds: 601 }))).toBe("outOfRange");
    expect(codeOf(await client.ask("lease", { ...LEASE, holder: "" }))).toBe("badParameter");
    expect(await client.call("lease", { ...LEASE, seconds: 0 })).toEqual({
      ...NOBODY,
      yours: false,
      ending: undefined,
    });
  });
});

describe("section 5.4: measurements", () => {
  it.each(["alice", "bob"] as const)(
    "%s counts every gate of every point, and all that clicked",
    async (site) => {
      const client = await at(site);
      const { run } = await client.call("startMeasurement", COUNTS);
      expect((await client.call("getStatus", {})).state).toBe("calibrating");
      expect(await ended(client)).toEqual({ run, outcome: "completed", text: "2 points" });
      const points = client.events("measurementPoint");
      expect(points.map(({ run: of, index, x, gates }) => [of, index, x, gates])).toEqual([
        [run, 0, 0, 3e6],
        [run, 1, 0, 3e6],
      ]);
      for (const { sent, cells, clicks, doubles } of points) {
        expect([sum(sent), sum(cells)]).toEqual([3e6, sum(clicks) - doubles]);
        expect(sum(cells)).toBeGreaterThan(10_000);
      }
      expect((await client.call("getStatus", {})).state).toBe("idle");
      expect((await client.call("startMeasurement", COUNTS)).run).toBe(run + 1);
    },
  );

  it("moves one parameter from point to point, and puts it back", async () => {
    const client = await at("alice");
    await client.call("setParameter", { id: PARAMETERS.attenuationDb.id, value: 1 });
    await client.call("startMeasurement", { kind: "attenuation", from: 0, to: 10, points: 3, dwellMs: 200 });
    const write = { id: PARAMETERS.attenuationDb.id, value: 3 };
    expect(codeOf(await client.ask("setParameter", write))).toBe("busy");
    expect((await ended(client)).outcome).toBe("completed");
    const points = client.events("measurementPoint");
    expect(points.map(({ x }) => x)).toEqual([0, 5, 10]);
    const counts = points.map(({ cells }) => sum(cells));
    for (const [index, db] of [5, 10].entries()) {
      const ratio = (counts[index + 1] ?? 0) / (counts[0] ?? 1);
      expect(ratio / 10 ** (-db / 10)).toBeGreaterThan(0.8);
      expect(ratio / 10 ** (-db / 10)).toBeLessThan(1.25);
    }
    expect(await settingOf(client, "attenuationDb")).toBe(1);
  });

  it("keeps key exchanges of both ends away, and is kept away by them", async () => {
    const [alice, bob, other] = [await at("alice"), await at("bob"), await at("bob")];
    await bob.call("startMeasurement", COUNTS);
    for (const client of [alice, bob])
      expect(codeOf(await client.ask("startKeyExchange", START))).toBe("busy");
    expect(codeOf(await alice.ask("startMeasurement", COUNTS))).toBe("busy");
    expect(codeOf(await other.ask("startMeasurement", COUNTS))).toBe("wrongState");
    expect(codeOf(await other.ask("stopMeasurement", { run: 0 }))).toBe("busy");
    await bob.call("stopMeasurement", { run: 0 });
    await alice.call("startKeyExchange", START);
    expect(codeOf(await bob.ask("startMeasurement", COUNTS))).toBe("busy");
    expect(codeOf(await alice.ask("startMeasurement", COUNTS))).toBe("wrongState");
  });

  it("is stopped by its owner, once, under its number alone", async () => {
    const client = await at("bob");
    const { run } = await client.call("startMeasurement", { ...COUNTS, dwellMs: 60_000 });
    expect(codeOf(await client.ask("stopMeasurement", { run: run + 1 }))).toBe("wrongState");
    expect(await client.call("stopMeasurement", { run })).toEqual({ run });
    expect(await client.event("measurementEnded")).toMatchObject({ run, outcome: "stopped" });
    expect(await client.call("stopMeasurement", { run })).toEqual({ run: 0 });
    await link.advance(300);
    expect(client.events("measurementPoint")).toEqual([]);
  });

  it.each([
    ["a soft reset", (_: TestClient, owner: TestClient) => owner.call("reset", { what: "soft" })],
    [
      "the end of its lease",
      (_: TestClient, owner: TestClient) => owner.call("lease", { ...LEASE, seconds: 0 }),
    ],
    [
      "a fault",
      async () => {
        await link.faults.apply({ event: "deviceFault", site: "bob", text: "supply" });
        await link.faults.apply({ event: "end", of: "deviceFault", site: "bob" });
      },
    ],
  ])("is aborted by %s, and the parameter is what it was", async (_what, abort) => {
    const [watcher, owner] = [await at("bob"), await at("bob")];
    await owner.call("lease", LEASE);
    await owner.call("startMeasurement", {
      kind: "gateDelay",
      from: 100,
      to: 200,
      points: 9,
      dwellMs: 60_000,
    });
    expect(await settingOf(watcher, "gateDelayPs")).toBe(100);
    await abort(watcher, owner);
    expect((await owner.event("measurementEnded")).outcome).toBe("aborted");
    expect(await settingOf(watcher, "gateDelayPs")).toBe(0);
  });

  it("ends with the connection that started it", async () => {
    const [watcher, owner] = [await at("bob"), await at("bob")];
    await owner.call("startMeasurement", {
      kind: "gateDelay",
      from: 100,
      to: 200,
      points: 9,
      dwellMs: 60_000,
    });
    owner.close();
    await expect.poll(async () => (await watcher.call("getStatus", {})).state).toBe("idle");
    expect(await settingOf(watcher, "gateDelayPs")).toBe(0);
    expect(watcher.events("measurementPoint")).toEqual([]);
  });

  it.each([
    ["alice", { ...COUNTS, kind: "gateDelay" }, "notSupported"],
    ["alice", { ...COUNTS, kind: "phase" }, "notSupported"],
    ["bob", { ...COUNTS, kind: "attenuation" }, "notSupported"],
    ["bob", { ...COUNTS, kind: "gateDelay", to: 1001 }, "outOfRange"],
    ["bob", { ...COUNTS, kind: "gateDelay", from: -1001 }, "outOfRange"],
    ["bob", { ...COUNTS, from: 1 }, "outOfRange"],
    ["bob", { ...COUNTS, points: 0 }, "outOfRange"],
    ["bob", { ...COUNTS, points: 1001 }, "outOfRange"],
    ["bob", { ...COUNTS, dwellMs: 0 }, "outOfRange"],
    ["bob", { ...COUNTS, dwellMs: 60_001 }, "outOfRange"],
  ] as const)("%s refuses %o with %s", async (site, request, code) => {
    const client = await at(site);
    expect(codeOf(await client.ask("startMeasurement", request))).toBe(code);
    expect((await client.call("getStatus", {})).state).toBe("idle");
  });

  it("tells the kinds that a device takes", async () => {
    const [a, b] = [
      await (await at("alice")).call("describe", {}),
      await (await at("bob")).call("describe", {}),
    ];
    expect([a.measurements, b.measurements]).toEqual([
      ["counts", "attenuation"],
      ["counts", "gateDelay", "phase"],
    ]);
    expect([a.histograms, b.histograms]).toEqual([[], ["gap", "arrival"]]);
    for (const { commands, parts, quantumNm } of [a, b]) {
      expect(commands).toEqual(
        Object.values(COMMANDS)
          .map(({ opcode }) => opcode)
          .sort((x, y) => x - y),
      );
      expect(new Set(parts.map(({ serial }) => serial)).size).toBe(parts.length);
      expect(quantumNm).toBeGreaterThan(1200);
    }
    expect([a.meanPhotonsUncertainty === null, b.meanPhotonsUncertainty]).toEqual([false, null]);
  });

  it("has histograms of the last measurement alone: dead time shows in the gaps", async () => {
    const client = await at("bob");
    const read = (detector: number) => client.call("readHistogram", { kind: "gap", detector });
    await client.call("setParameter", { id: PARAMETERS.deadTimeGates.id, value: 20 });
    await client.call("startMeasurement", { ...COUNTS, points: 1, dwellMs: 500 });
    expect((await ended(client)).outcome).toBe("completed");
    const { clicks, doubles } = await client.event("measurementPoint");
    const histograms = [await read(0), await read(1)];
    for (const { gates, counts, unit, firstBin, binWidth } of histograms) {
      expect([gates, unit, firstBin, binWidth]).toEqual([5e6, "gates", 1, 1]);
      expect([sum(counts.slice(0, 20)), sum(counts.slice(20)) > 100]).toEqual([0, true]);
    }
    const gaps = histograms.map(({ counts, below, beyond }) => sum(counts) + below + beyond);
    expect(sum(gaps)).toBe(sum(clicks) - doubles - 2);
    await client.call("startMeasurement", { ...COUNTS, dwellMs: 60_000 });
    expect((await read(0)).gates).toBe(0);
  });

  it("has the times at which clicks came: they follow the gate's delay", async () => {
    const client = await at("bob");
    /** Mean time and share of a whole bin's clicks, ps, of each detector behind a measurement. */
    const measured = async (gateDelayPs: number) => {
      await client.call("setParameter", { id: PARAMETERS.gateDelayPs.id, value: gateDelayPs });
      const seen = client.events("measurementPoint").length;
      await client.call("startMeasurement", { ...COUNTS, points: 1 });
      await ended(client, seen + 1);
      const { clicks } = client.events("measurementPoint")[seen]!;
      const means: number[] = [];
      for (const detector of [0, 1]) {
        const found = await client.call("readHistogram", { kind: "arrival", detector });
        const { counts, below, beyond, firstBin, binWidth } = found;
        expect([found.kind, found.detector, found.unit, found.gates]).toEqual([
          "arrival",
          detector,
          "ps",
          3e6,
        ]);
        expect(sum(counts) + below + beyond).toBe(clicks[detector]);
        expect(sum(counts)).toBeGreaterThan(10_000);
        means.push(
          sum(counts.map((count, bin) => count * (firstBin + (bin + 0.5) * binWidth))) / sum(counts),
        );
      }
      return means;
    };
    const straight = await measured(0);
    const late = await measured(40);
    // Gates that open 40 ps later see the pulses 40 ps earlier, and 40 * 4058 / 4279 = 38 ps nearer to their middle.
    for (const [detector, mean] of straight.entries()) {
      expect(late[detector]! - mean).toBeLessThan(-30);
      expect(late[detector]! - mean).toBeGreaterThan(-40);
    }
  });

  it("has no histogram of a key exchange", async () => {
    const client = await at("bob");
    await client.call("startMeasurement", { ...COUNTS, points: 1 });
    await ended(client);
    const read = () => client.call("readHistogram", { kind: "gap", detector: 0 });
    const before = await read();
    await client.call("startKeyExchange", { detectionsPerFrame: 100_000, creditFrames: 64 });
    await link.advance(2500);
    await client.event("rawKeyQrx");
    expect(await read()).toEqual(before);
  });

  it.each([
    ["alice", { kind: "gap", detector: 0 }, "notSupported"],
    ["alice", { kind: "arrival", detector: 0 }, "notSupported"],
    ["bob", { kind: "arrival", detector: 2 }, "badParameter"],
    ["bob", { kind: "gap", detector: 2 }, "badParameter"],
  ] as const)("%s answers a histogram of %o with %s", async (site, request, code) => {
    expect(codeOf(await (await at(site)).ask("readHistogram", request))).toBe(code);
  });
});

describe("section 5.5: tuning", () => {
  it.each(["delay", "phase", "modulator", "bias"] as const)(
    "what a device does not list in describe it refuses: %s",
    async (what) => {
      for (const site of ["alice", "bob"] as const) {
        const client = await at(site);
        if ((await client.call("describe", {})).tunes.includes(what)) continue;
        const request = { what, mode: "once", intervalS: 0 } as const;
        expect(codeOf(await client.ask("tune", request))).toBe("notSupported");
      }
    },
  );
});

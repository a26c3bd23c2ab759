import { afterEach, describe, expect, it } from "vitest";
import { type EmulatedLink, type EmulatedLinkOptions, startEmulatedLink } from "../../emulator/index.ts";
import { PARAMETERS, planeBytes } from "../../protocol/index.ts";
import { TestClient } from "./test-client.ts";

const open: { stop?: EmulatedLink; clients: TestClient[] } = { clients: [] };
afterEach(async () => {
  for (const client of open.clients.splice(0)) client.close();
  await open.stop?.stop();
});

const TCP_ONLY = { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] };
/** A slow clock keeps the frames of these tests small: 10 MHz at 5 dB gives about 200,000 detections a second. */
async function world(options: EmulatedLinkOptions = {}) {
  const link = await startEmulatedLink({
    speed: "manual",
    clockHz: 1e7,
    lossDb: 5,
    seed: 7n,
    listen: TCP_ONLY,
    ...options,
  });
  open.stop = link;
  const client = async (site: "alice" | "bob"): Promise<TestClient> => {
    const one = await TestClient.tcp(link.addresses[site].tcp);
    open.clients.push(one);
    return one;
  };
  return { link, client, alice: await client("alice"), bob: await client("bob") };
}

const START = { detectionsPerFrame: 2000, creditFrames: 64 };

describe("an emulated link", () => {
  it("tells both devices as one pair, each in its role", async () => {
    const { alice, bob } = await world();
    const [a, b] = [await alice.call("identify", {}), await bob.call("identify", {})];
    expect([a.role, b.role]).toEqual(["qtx", "qrx"]);
    expect(a.linkId).toEqual(b.linkId);
    expect(a.serial).not.toBe(b.serial);
  });

  it("delivers both halves of the same frames with matching settings, digests and low error", async () => {
    const { link, alice, bob } = await world();
    expect(await alice.call("startKeyExchange", START)).toMatchObject({ sessionNumber: 1, firstFrameId: 0 });
    await bob.call("startKeyExchange", START);
    await link.advance(100);
    const [a, b] = [await alice.event("rawKeyQtx", 5), await bob.event("rawKeyQrx", 5)];
    expect([a.frameId, b.frameId]).toEqual([4, 4]);
    expect(a.gateDigest).toEqual(b.gateDigest);
    expect([a.firstGate, a.gateCount, a.detections]).toEqual([b.firstGate, b.gateCount, b.detections]);
    expect(a.detections).toBe(2000);
    expect(a.sent.reduce((sum, count) => sum + count)).toBe(Number(a.gateCount));
    const bytes = planeBytes(2000);
    expect([a.planes.length, b.planes.length]).toEqual([4 * bytes, 2 * bytes]);
    let [same, wrong] = [0, 0];
    const bit = (planes: Uint8Array, plane: number, i: number) =>
      (planes[plane * bytes + (i >> 3)]! >> (i & 7)) & 1;
    for (let i = 0; i < 2000; i++) {
      if (bit(a.planes.reveal(), 0, i) !== bit(b.planes.reveal(), 0, i)) continue;
      same += 1;
      wrong += bit(a.planes.reveal(), 1, i) ^ bit(b.planes.reveal(), 1, i);
    }
    expect(same).toBeGreaterThan(1200);
    expect(wrong / same).toBeLessThan(0.06);
  });

  it("logs none of the key that it delivers, at either end", async () => {
    const { link, alice, bob } = await world();
    for (const client of [alice, bob]) await client.call("startKeyExchange", START);
    await link.advance(100);
    const planes = [(await alice.event("rawKeyQtx")).planes, (await bob.event("rawKeyQrx")).planes];
    for (const client of [alice, bob]) {
      await client.call("stopKeyExchange", { sessionNumber: 0 });
      const { entries } = await client.call("readLog", { fromIndex: 0, maxEntries: 65_535 });
      const log = entries.map(({ text }) => text.toLowerCase()).join(" ");
      expect(log).toContain("key exchange 1 ended");
      for (const plane of planes) {
        const key = Buffer.from(plane.reveal().subarray(0, 6));
        const spellings = [
          key.toString("hex"),
          key.toString("base64"),
          [...key].join(),
          key.toString("latin1"),
        ];
        for (const one of spellings) expect(log).not.toContain(one.toLowerCase());
      }
    }
  });

  it("gives the same frames to the same seed, whenever the devices are started", async () => {
    const run = async (idleMs: number) => {
      const { link, alice, bob } = await world();
      await link.advance(idleMs);
      await bob.call("startKeyExchange", START);
      await link.advance(idleMs);
      await alice.call("startKeyExchange", START);
      await link.advance(200);
      const frame = await bob.event("rawKeyQrx", 8);
      const planes = [...frame.planes.reveal()];
      await link.stop();
      return { ...frame, planes };
    };
    expect(await run(0)).toEqual(await run(600));
  });

  it("gives the same frames of a scenario, however long hot devices wait for their clients", async () => {
    const run = async (idleMs: number) => {
      const link = await startEmulatedLink({
        speed: "manual",
        listen: TCP_ONLY,
        scenario: {
          name: "hot",
          title: "a cabinet too hot for the coolers",
          description: "the detectors warm by themselves",
          preset: "yuan2018",
          clockHz: 5e6,
          duration: "1 min",
          fibre: { lengthKm: 10, kind: "buried" },
          devices: { bob: { ambientC: 39 } },
          timeline: [],
        },
      });
      open.stop = link;
      const [alice, bob] = [
        await TestClient.tcp(link.addresses.alice.tcp),
        await TestClient.tcp(link.addresses.bob.tcp),
      ];
      open.clients.push(alice, bob);
      await link.advance(idleMs);
      await bob.call("startKeyExchange", START);
      await alice.call("startKeyExchange", START);
      await link.advance(500);
      const frame = await bob.event("rawKeyQrx", 20);
      const planes = [...frame.planes.reveal()];
      await link.stop();
      return { ...frame, planes };
    };
    expect(await run(0)).toEqual(await run(5000));
  });

  it("waits for the partner, then delivers alone", async () => {
    const { link, bob } = await world({ soloAfterMs: 1000 });
    await bob.call("startKeyExchange", START);
    await link.advance(900);
    expect(bob.events("rawKeyQrx")).toEqual([]);
    await link.advance(400);
    expect(await bob.event("rawKeyQrx")).toMatchObject({ frameId: 0, firstGate: 0n });
  });

  it("never sends beyond the credit; at speed max it waits and drops nothing", async () => {
    const { alice, bob } = await world({ speed: "max" });
    await alice.call("startKeyExchange", { ...START, creditFrames: 3 });
    await bob.call("startKeyExchange", { ...START, creditFrames: 5 });
    await alice.event("rawKeyQtx", 3);
    await bob.event("rawKeyQrx", 3);
    const { nextFrameId, droppedFrames } = await alice.call("credit", {
      sessionNumber: 1,
      acknowledgedThrough: 3,
      creditLimit: 4,
    });
    expect([nextFrameId, droppedFrames]).toEqual([3, 0]);
    await bob.event("rawKeyQrx", 4);
    const ids = (frames: readonly { frameId: number }[]) => frames.map(({ frameId }) => frameId);
    await alice.call("ping", { token: 1n });
    expect(ids(alice.events("rawKeyQtx"))).toEqual([0, 1, 2, 3]);
    expect(ids(bob.events("rawKeyQrx"))).toEqual([0, 1, 2, 3]);
  });

  it("in real time drops the newest frames without credit, counts them and raises the alarm", async () => {
    const { bob } = await world({ speed: "real", soloAfterMs: 0 });
    await bob.call("startKeyExchange", { ...START, creditFrames: 1 });
    const alarm = await bob.until(() => bob.events("alarm").find(({ code }) => code === 50));
    expect(alarm).toMatchObject({ transition: "raised", severity: "minor" });
    const status = await bob.call("getStatus", {});
    expect(status.framesSent).toBe(1);
    expect(status.framesDropped).toBe(status.framesProduced - 9);
    const reply = await bob.call("credit", { sessionNumber: 1, acknowledgedThrough: 1, creditLimit: 20 });
    expect(reply.droppedFrames).toBeGreaterThanOrEqual(status.framesDropped);
    const { nextFrameId } = reply;
    expect(nextFrameId).toBeGreaterThan(9);
    await bob.call("credit", {
      sessionNumber: 1,
      acknowledgedThrough: nextFrameId,
      creditLimit: nextFrameId + 64,
    });
    const frames = await bob.until(() =>
      bob.events("rawKeyQrx").length > 9 ? bob.events("rawKeyQrx") : undefined,
    );
    expect(frames.slice(0, 9).map(({ frameId }) => frameId)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(frames[9]?.frameId).toBeGreaterThanOrEqual(nextFrameId);
  });

  it("leaves only dark counts when the laser is off, and says so at both ends", async () => {
    const { link, alice, bob } = await world();
    await link.advance(2000);
    const before = await bob.call("getStatus", {});
    const { id } = PARAMETERS.laserEnabled;
    expect(await alice.call("setParameter", { id, value: 0 })).toEqual({ id, value: 0 });
    await link.advance(60_000);
    const after = await bob.call("getStatus", {});
    expect(before.countRate0Hz).toBeGreaterThan(50_000);
    expect(after.countRate0Hz).toBeLessThan(before.countRate0Hz / 500);
    const names = (await bob.call("listAlarms", {})).alarms.map(({ code }) => code);
    expect(names).toContain(48);
    expect((await alice.call("listAlarms", {})).alarms.map(({ code }) => code)).toContain(49);
  });

  it("obeys loss, cut, repair and Eve", async () => {
    const { link, bob } = await world();
    const qber = async () => (await bob.call("getStatus", {})).qberPpm ?? 0;
    await link.advance(3000);
    expect(await qber()).toBeLessThan(50_000);
    await link.faults.eve(1);
    await link.advance(30_000);
    expect(await qber()).toBeGreaterThan(200_000);
    await link.faults.eve(0);
    await link.faults.cut();
    await link.advance(60_000);
    const cut = (await bob.call("getStatus", {})).countRate0Hz;
    await link.faults.repair();
    await link.advance(60_000);
    expect((await bob.call("getStatus", {})).countRate0Hz).toBeGreaterThan(500 * cut);
    await expect(link.faults.loss(-1)).rejects.toMatchObject({ code: "QKD_PHYSICS_RANGE" });
  });

  // Six hours are in the slow tests.
  it("raises no alarm in a quiet minute, at either end", async () => {
    const { link, alice, bob } = await world({ seed: 3n });
    await link.advance(60_000);
    expect([...alice.events("alarm"), ...bob.events("alarm")]).toEqual([]);
    expect((await alice.call("getStatus", {})).activeAlarms).toBe(0);
    expect((await bob.call("getStatus", {})).activeAlarms).toBe(0);
  });

  it("shuts itself down in a hot cabinet and comes back after a reset in the cool", async () => {
    const { link, bob } = await world({ soloAfterMs: Number.POSITIVE_INFINITY });
    await bob.call("startKeyExchange", START);
    await link.faults.ambient("bob", 60);
    await link.advance(100_000);
    expect((await bob.call("getStatus", {})).state).toBe("error");
    expect((await bob.ask("startKeyExchange", START)).kind).toBe("error");
    await link.faults.ambient("bob", 22);
    await link.advance(60_000);
    const { alarms } = await bob.call("listAlarms", {});
    expect(alarms.map(({ code }) => code)).toContain(53);
    await bob.call("reset", { what: "soft" });
    await link.advance(1000);
    expect((await bob.call("getStatus", {})).state).toBe("idle");
    expect((await bob.call("listAlarms", {})).alarms.map(({ code }) => code)).not.toContain(53);
  });
});

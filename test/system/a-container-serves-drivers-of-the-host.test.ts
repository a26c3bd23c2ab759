import { getContainerRuntimeClient } from "testcontainers";
import { expect, it } from "vitest";
import { QkdLinkContainer } from "../../emulator/container/index.ts";
import { describeWithDocker } from "./engine/describe-with-docker.ts";
import { matchedFrames, readingOf, takeKeys, until } from "./key-taker.ts";
import { startedFor } from "./started-for.ts";

describeWithDocker("a container", (image) => {
  it("gives drivers of the host raw keys over TCP and readings over Modbus", async (test) => {
    const container = new QkdLinkContainer(image).withSeed(7).withLossDb(8).withClockHz(2e7);
    const started = await startedFor(test, container);
    const link = await takeKeys(test, started.addresses);
    for (const [a, b] of await matchedFrames(link, 5)) {
      expect(Buffer.compare(a.gateDigest, b.gateDigest)).toBe(0);
      expect([a.firstGate, a.gateCount, a.detections]).toEqual([b.firstGate, b.gateCount, b.detections]);
      expect(a.planes.length).toBe(4 * a.planeBytes);
      expect(b.planes.length).toBe(2 * b.planeBytes);
    }
    const reading = await readingOf(link.bob);
    const identification = await link.bob.transceiver.telemetry!.identification();
    const { bob, stats, conditions } = await started.state();
    expect(Object.values(identification)).toContain(bob.serial);
    expect(bob.serial).toBe(link.bob.transceiver.identity.serial);
    expect(Object.keys(reading.values)).toEqual(expect.arrayContaining(Object.keys(bob.values)));
    expect(stats).toMatchObject({ running: true, droppedFrames: { alice: 0, bob: 0 } });
    expect(BigInt(stats.gates)).toBeGreaterThan(0n);
    expect(conditions.link).toMatchObject({ channelLossDb: 8, clockHz: 2e7 });
  });

  it("obeys faults from the host and refuses impossible ones in the emulator's own words", async (test) => {
    const started = await startedFor(test, new QkdLinkContainer(image).withClockHz(2e7));
    const { bob } = await takeKeys(test, started.addresses);
    await until(() => bob.frames.size > 0);
    await expect(started.control({ event: "fibreLoss", db: -1 })).rejects.toMatchObject({
      name: "ConfigError",
      code: "QKD_PHYSICS_RANGE",
    });
    await started.control({ event: "cut" });
    expect((await started.state()).conditions.fibreCut).toBe(true);
    const rateHz = async () => (await readingOf(bob)).values.detector0CountRateHz ?? 0;
    await until(async () => (await rateHz()) < 1_000);
    await started.control({ event: "repair" });
    await until(async () => (await rateHz()) > 10_000);
  });

  it("runs without privileges, healthy, with pseudo-terminals of its own", async (test) => {
    const container = new QkdLinkContainer(image)
      .withClockHz(1e7)
      .withDroppedCapabilities("ALL")
      .withSecurityOpt("no-new-privileges");
    const started = await startedFor(test, container);
    const inside = async (script: string) => {
      const { output, exitCode } = await started.exec(["node", "-e", script]);
      expect(exitCode, output).toBe(0);
      return JSON.parse(output) as unknown;
    };
    expect(await inside("console.log(process.getuid())")).toBe(1000);
    // A second emulator beside the first one, on serial lines, asked by drivers from within.
    const identity = await inside(`(async () => {
      const { openTransceiver } = await import("/app/dist/drivers/index.js");
      const { startEmulatedLink } = await import("/app/dist/emulator/index.js");
      const link = await startEmulatedLink({ clockHz: 1e7 });
      const { serial, modbusRtu } = link.addresses.bob;
      const bob = await openTransceiver(serial, { telemetry: modbusRtu });
      const { values } = await bob.telemetry.read();
      console.log(JSON.stringify({ role: bob.identity.role, readings: Object.keys(values).length > 20, serial }));
      await bob.close();
      await link.stop();
    })()`);
    expect(identity).toEqual({
      role: "qrx",
      readings: true,
      serial: expect.stringMatching(/^serial:\/dev\/pts\//),
    });
    const { container: containers } = await getContainerRuntimeClient();
    const health = async () => {
      const { State } = await containers.getById(started.getId()).inspect();
      return State.Health?.Status;
    };
    await until(async () => (await health()) === "healthy");
  });

  it("says what is wrong where there is no such image", async () => {
    await expect(new QkdLinkContainer("qkdlink-no-such-image:never").start()).rejects.toMatchObject({
      code: "QKD_EMULATOR_CONTAINER",
      message: expect.stringContaining("qkdlink-no-such-image"),
    });
  });

  it("says what the emulator said when it does not start", async () => {
    const container = new QkdLinkContainer(image).withEnvironment({ NODE_OPTIONS: "--no-such-option" });
    await expect(container.start()).rejects.toMatchObject({
      code: "QKD_EMULATOR_CONTAINER",
      message: expect.stringContaining("no-such-option"),
    });
  });
});

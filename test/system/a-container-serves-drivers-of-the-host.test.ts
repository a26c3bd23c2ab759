import { expect, it } from "vitest";
import { QkdLinkContainer } from "../../emulator/container/index.ts";
import { describeWithDocker } from "./engine/describe-with-docker.ts";
import { matchedFrames, takeKeys, until } from "./key-taker.ts";
import { startedFor } from "./started-for.ts";

describeWithDocker("a container", (image) => {
  it("gives drivers of the host raw keys over TCP and readings over Modbus", async (test) => {
    const container = new QkdLinkContainer(image).withSeed(7).withLossDb(8).withClockHz(1e8);
    const started = await startedFor(test, container);
    const link = await takeKeys(test, started.addresses);
    for (const [a, b] of await matchedFrames(link, 5)) {
      expect(Buffer.compare(a.gateDigest, b.gateDigest)).toBe(0);
      expect([a.firstGate, a.gateCount, a.detections]).toEqual([b.firstGate, b.gateCount, b.detections]);
      expect(a.planes.length).toBe(4 * a.planeBytes);
      expect(b.planes.length).toBe(2 * b.planeBytes);
    }
    const reading = await link.bob.transceiver.telemetry!.read();
    const identification = await link.bob.transceiver.telemetry!.identification();
    const { bob, stats, conditions } = await started.state();
    expect(Object.values(identification)).toContain(bob.serial);
    expect(bob.serial).toBe(link.bob.transceiver.identity.serial);
    expect(Object.keys(reading.values)).toEqual(expect.arrayContaining(Object.keys(bob.values)));
    expect(stats).toMatchObject({ running: true, droppedFrames: { alice: 0, bob: 0 } });
    expect(BigInt(stats.gates)).toBeGreaterThan(0n);
    expect(conditions.link).toMatchObject({ channelLossDb: 8, clockHz: 1e8 });
  });

  it("obeys faults from the host and refuses impossible ones in the emulator's own words", async (test) => {
    const started = await startedFor(test, new QkdLinkContainer(image).withClockHz(1e8));
    const { bob } = await takeKeys(test, started.addresses);
    await until(() => bob.frames.size > 0);
    await expect(started.control({ type: "fibreLoss", db: -1 })).rejects.toMatchObject({
      name: "ConfigError",
      code: "QKD_PHYSICS_RANGE",
    });
    await started.control({ type: "fibreCut", cut: true });
    expect((await started.state()).conditions.fibreCut).toBe(true);
    const rate = async () => (await bob.transceiver.telemetry!.read()).values.countRate0Hz ?? 0;
    await until(async () => (await rate()) < 1_000);
    await started.control({ type: "fibreCut", cut: false });
    await until(async () => (await rate()) > 10_000);
  });

  it("runs without privileges, healthy, with pseudo-terminals of its own", async (test) => {
    const container = new QkdLinkContainer(image)
      .withClockHz(1e7)
      .withDroppedCapabilities("ALL")
      .withSecurityOpt("no-new-privileges");
    const started = await startedFor(test, container);
    const inside = async (script: string) => {
      const { output, exitCode } = await started.exec(["node", "--input-type=module", "-e", script]);
      expect(exitCode, output).toBe(0);
      return JSON.parse(output) as unknown;
    };
    expect(await inside("console.log(process.getuid())")).toBe(1000);
    // A second emulator beside the first one, on serial lines, asked by the drivers from within.
    const identity = await inside(`
      import { openTransceiver } from "/app/dist/drivers/index.js";
      import { startEmulatedLink } from "/app/dist/emulator/index.js";
      const link = await startEmulatedLink({ clockHz: 1e7 });
      const { serial, modbusRtu } = link.addresses.bob;
      const bob = await openTransceiver(serial, { telemetry: modbusRtu });
      const { values } = await bob.telemetry.read();
      console.log(JSON.stringify({ role: bob.identity.role, counts: values.countRate0Hz > 0, serial }));
      await bob.close();
      await link.stop();`);
    expect(identity).toEqual({
      role: "qrx",
      counts: true,
      serial: expect.stringMatching(/^serial:\/dev\/pts\//),
    });
    const healthy = await started.exec([
      "node",
      "-e",
      "fetch('http://127.0.0.1:8080/state').then((r) => process.exit(r.ok ? 0 : 1))",
    ]);
    expect(healthy.exitCode).toBe(0);
  });

  it.each([["no image of that name", "qkdlink-no-such-image:never", "no-such-image"]])(
    "says what is wrong where there is %s",
    async (_what, name, said) => {
      await expect(new QkdLinkContainer(name).start()).rejects.toMatchObject({
        code: "QKD_EMULATOR_CONTAINER",
        message: expect.stringContaining(said),
      });
    },
  );

  it("says what the emulator said when it does not start", async () => {
    const container = new QkdLinkContainer(image).withEnvironment({ NODE_OPTIONS: "--no-such-option" });
    await expect(container.start()).rejects.toMatchObject({
      code: "QKD_EMULATOR_CONTAINER",
      message: expect.stringContaining("no-such-option"),
    });
  });
});

import { filter, firstValueFrom, timeout } from "rxjs";
import { describe, expect, it } from "vitest";
import { DEFAULT_HEALTH_POLICY, expectationOf, healthStep, INITIAL_HEALTH } from "../../controller/index.ts";
import { openTransceiver, type TransceiverHealth } from "../../drivers/index.ts";
import { startEmulatedLink } from "../../emulator/index.ts";

describe("light that somebody sends into the transmitter", () => {
  it("raises the transmitter's output monitor, and nothing else does", async () => {
    const link = await startEmulatedLink({
      clockHz: 1e6,
      speed: "manual",
      listen: { alice: ["tcp://127.0.0.1:0", "modbus+tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
    });
    const { tcp, modbusTcp } = link.addresses.alice;
    const alice = await openTransceiver(tcp ?? "", { telemetry: modbusTcp ?? "" });
    try {
      const policy = { ...DEFAULT_HEALTH_POLICY, expected: expectationOf(link.link) };
      const monitor = (health: TransceiverHealth) =>
        health.quantities.find(({ name }) => name === "monitorPowerDbm")?.value;
      const reading = (wanted: (dbm: number) => boolean) =>
        firstValueFrom(
          alice.health$.pipe(
            filter((health) => wanted(monitor(health) ?? Number.NaN)),
            timeout(8000),
          ),
        );
      await link.advance(2000);
      const quiet = await reading((dbm) => dbm > -45 && dbm < -35);
      const [before, events] = healthStep(
        INITIAL_HEALTH,
        { type: "readings", atMs: 0, health: quiet },
        policy,
      );
      expect([
        before.output.indicator,
        events.filter(({ type }) => type === "eavesdropperSuspected"),
      ]).toEqual([null, []]);

      await link.faults.apply({ event: "trojanLight", dbm: -30 });
      await link.advance(2000);
      const lit = await reading((dbm) => dbm > -31);
      const [after, alarms] = healthStep(before, { type: "readings", atMs: 1000, health: lit }, policy);
      expect(after.output.indicator).toMatchObject({ name: "trojanLight", attack: "trojanHorse" });
      expect(alarms.map(({ type }) => type)).toContain("eavesdropperSuspected");
    } finally {
      await alice.close();
      await link.stop();
    }
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { type OpenedTransceiver, openTransceiver, type TransceiverOptions } from "../../drivers/index.ts";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";

const open: { link?: EmulatedLink; transceivers: OpenedTransceiver[] } = { transceivers: [] };
afterEach(async () => {
  for (const transceiver of open.transceivers.splice(0)) await transceiver.close();
  await open.link?.stop();
});

/** Ten times as fast as life: a scenario of a minute takes six seconds. */
const SPEED = 10;

const PATIENCE: TransceiverOptions = {
  openTimeoutMs: 10_000,
  session: { timeoutMs: 150, attempts: 2, heartbeatMs: 100, stallMs: 400 },
  reconnect: { initialMs: 50, maxMs: 100, factor: 1.5, jitter: 0 },
  telemetryOptions: { intervalMs: 50, timeoutMs: 200 },
};

async function play(scenario: string): Promise<EmulatedLink> {
  const link = await startEmulatedLink({ scenario, speed: SPEED, soloAfterMs: 0 });
  open.link = link;
  return link;
}

/** Opens a unit, has it deliver key, and keeps what it tells. */
async function driver(address: string | undefined, options: TransceiverOptions = {}) {
  const transceiver = await openTransceiver(address ?? "", { ...PATIENCE, ...options });
  open.transceivers.push(transceiver);
  const told = { frames: 0, lastGate: -1n, disorder: 0, states: [] as string[], garbageBytes: 0 };
  transceiver.rawKeys$.subscribe((frame) => {
    if (frame.firstGate <= told.lastGate) told.disorder += 1;
    told.lastGate = frame.firstGate;
    told.frames += 1;
    transceiver.acknowledge(frame.frameId);
  });
  transceiver.state$.subscribe((state) => told.states.push(state));
  const counting = setInterval(() => {
    const { link } = transceiver.diagnostics();
    const garbage = Object.values(link?.garbageBytes ?? {}).reduce((sum, bytes) => sum + bytes, 0);
    told.garbageBytes = Math.max(told.garbageBytes, garbage);
  }, 20);
  transceiver.state$.subscribe({ complete: () => clearInterval(counting) });
  await transceiver.start({ detectionsPerFrame: 2000, creditFrames: 16 });
  return { transceiver, told };
}

async function untilTimeline(link: EmulatedLink, seconds: number): Promise<void> {
  while (link.stats().scenarioSeconds < seconds) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Waits for so many more frames. */
async function moreFrames(told: { readonly frames: number }, count: number): Promise<void> {
  const end = told.frames + count;
  while (told.frames < end) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("drivers on bad lines", () => {
  it("flapping-serial: come back after every gap, skip the damage, and deliver on", async () => {
    const link = await play("flapping-serial");
    const alice = await driver(link.addresses.alice.serial);
    await untilTimeline(link, 60);
    await moreFrames(alice.told, 5);
    expect(alice.told.garbageBytes).toBeGreaterThan(0);
    expect(alice.told.disorder).toBe(0);
    expect(alice.told.states.at(-1)).toBe("online");
    expect((await alice.transceiver.status()).state).toBe("online");
  });

  it("slow-loris: nothing hangs, Bob's hang-up is healed, refusals and late answers are told from readings", async () => {
    const link = await play("slow-loris");
    const { alice, bob } = link.addresses;
    const [a, b] = [await driver(alice.tcp), await driver(bob.tcp, { telemetry: bob.modbusTcp ?? "" })];
    const codes = new Set<string>();
    let impossible = 0;
    b.transceiver.telemetry?.updates$.subscribe((update) => {
      if (update.type === "failed") codes.add(update.error.code);
      else if (Math.abs((update.values.detector0TemperatureC ?? -30) + 30) > 2) impossible += 1;
    });
    await untilTimeline(link, 58);
    await Promise.all([moreFrames(a.told, 5), moreFrames(b.told, 5)]);
    expect(b.told.states).toContain("reconnecting");
    expect([a.told.states.at(-1), b.told.states.at(-1)]).toEqual(["online", "online"]);
    expect([a.told.disorder, b.told.disorder]).toEqual([0, 0]);
    expect(codes).toContain("QKD_MODBUS_TIMEOUT");
    expect(impossible).toBe(0);
    expect((await b.transceiver.telemetry?.read())?.type).toBe("reading");
  });
});

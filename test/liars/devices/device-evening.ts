import { setImmediate as turn } from "node:timers/promises";
import { lastValueFrom } from "rxjs";
import { createMemoryLink, type OpenedTransceiver, openTransceiver } from "../../../drivers/index.ts";
import { QkdError } from "../../../errors/index.ts";
import { COMMANDS } from "../../../protocol/index.ts";
import { crashesDuring } from "../crashes.ts";
import { deviationsOf } from "../deviation.ts";
import type { Verdict } from "../evening.ts";
import type { Clock } from "../virtual-link.ts";
import { FRAME_DEVIATIONS } from "./frame-deviations.ts";
import { DEVICE_MESSAGES, type DeviceLie, LyingDevice, REFUSED_PARAMETER } from "./lying-device.ts";

/** Every message of a device x every deviation of its payload and of the frame around it. */
export function deviceCases(): readonly DeviceLie[] {
  return DEVICE_MESSAGES.flatMap((message) =>
    [...deviationsOf(message), ...FRAME_DEVIATIONS].map((deviation) => ({ message, deviation })),
  );
}

const MEASUREMENT = { kind: "counts", from: 0, to: 0, points: 2, dwellMs: 50 } as const;
const TICK_MS = 50;
const TURNS = 6;
const OPTIONS = {
  session: { timeoutMs: 400, heartbeatMs: 1000, stallMs: 200 },
  reconnect: { initialMs: 100, maxMs: 500, factor: 2, jitter: 0 },
};
/** A self test may take so long, and a calibration of which nothing is told. */
const LONGEST_CALL_MS = 910_000;
const LONG_TICK_MS = 5000;
/** A device that says to be another one, of another make, is closed for good: that is no trace, where it has this name. */
const ENDS = ["QKD_DEVICE_IDENTITY", "QKD_DEVICE_ROLE"];
/** What the honest device answers `getParameter` with. */
const EXPECTED = "QKD_DEVICE_BAD_PARAMETER";

/** Plays one case: a key exchange, the lie with a lost line and every command in it, good behaviour, and the account. */
export async function playDevice(clock: Clock, lie: DeviceLie): Promise<Verdict> {
  const traces: string[] = [];
  const named = new Set<string>();
  let lies = 0;
  const crashes = await crashesDuring(async () => {
    const bench = new DeviceBench(clock, named);
    const driver = await bench.open();
    try {
      await bench.pass(500);
      bench.lie(lie);
      await bench.pass(300);
      bench.ask(driver);
      await bench.pass(700);
      await bench.again(driver);
      bench.unplug();
      await bench.pass(1500);
      bench.ask(driver);
      await bench.pass("always" in lie.deviation && lie.deviation.always ? 20_000 : 3000);
      lies = bench.behave();
      await bench.pass(5000);
      const { length } = bench.frames;
      await bench.pass(3000);
      const ended = bench.end instanceof QkdError && ENDS.includes(bench.end.code);
      if (bench.end !== null && !ended) traces.push(`the transceiver ended with ${String(bench.end)}`);
      if (!ended && bench.frames.length <= length) traces.push("no raw key afterwards");
      await bench.pass(LONGEST_CALL_MS);
      if (bench.pending.size > 0) traces.push(`never answered: ${[...bench.pending].join(", ")}`);
      bench.named = new Set();
      bench.ask(driver);
      await bench.pass(1000);
      const fails = [...bench.named].filter((code) => code !== EXPECTED);
      if (!ended && fails.length > 0) traces.push(`commands still fail afterwards: ${fails.join(", ")}`);
      traces.push(...bench.disorder());
    } finally {
      await driver.close();
    }
  });
  return {
    message: lie.message.name,
    liar: "device",
    deviation: lie.deviation.name,
    of: lie.deviation.of,
    lies,
    named: [...named].sort(),
    lost: 0,
    traces: [...traces, ...crashes],
  };
}

/** A driver, devices that can be unplugged, and what the driver's user sees. */
class DeviceBench {
  readonly frames: { readonly sessionNumber: number; readonly frameId: number }[] = [];
  readonly pending = new Set<string>();
  end: unknown = null;
  /** Codes that commands and streams failed with. */
  named: Set<string>;
  readonly #clock: Clock;
  readonly #devices: LyingDevice[] = [];
  #lie: DeviceLie | null = null;
  #unplug: () => void = () => {};

  constructor(clock: Clock, named: Set<string>) {
    this.#clock = clock;
    this.named = named;
  }

  async open(): Promise<OpenedTransceiver> {
    const factory = async () => {
      const [left, right] = createMemoryLink();
      const device = new LyingDevice(right, 10 * this.#devices.length);
      if (this.#lie !== null) device.begin(this.#lie);
      this.#devices.push(device);
      this.#unplug = () => left.unplug();
      return left;
    };
    const opening = openTransceiver(factory, OPTIONS);
    await this.pass(100);
    const driver = await opening;
    driver.rawKeys$.subscribe({
      next: ({ sessionNumber, frameId }) => {
        this.frames.push({ sessionNumber, frameId });
        driver.acknowledge(frameId);
      },
      error: (error) => {
        this.end = error;
        this.#note(error);
      },
    });
    const starting = driver.start({ creditFrames: 4 });
    await this.pass(100);
    await starting;
    return driver;
  }

  lie(lie: DeviceLie): void {
    this.#lie = lie;
    this.#devices.at(-1)?.begin(lie);
  }

  /** Ends the lie; how often it was told. */
  behave(): number {
    this.#lie = null;
    for (const device of this.#devices) device.lie = null;
    return this.#devices.reduce((sum, { lies }) => sum + lies, 0);
  }

  unplug(): void {
    this.#unplug();
  }

  async pass(ms: number): Promise<void> {
    const stepMs = ms < LONGEST_CALL_MS ? TICK_MS : LONG_TICK_MS;
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.#devices.at(-1)?.tick();
      this.#clock(stepMs);
      for (let at = 0; at < TURNS; at++) await turn();
    }
  }

  /** Every command; what they reject with is noted. */
  ask(driver: OpenedTransceiver): void {
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      ping: () => driver.ping(),
      identify: () => driver.identify(),
      status: () => driver.status(),
      listParameters: () => driver.listParameters(),
      getParameter: () => driver.getParameter(1),
      noParameter: () => driver.getParameter(REFUSED_PARAMETER),
      setParameter: () => driver.setParameter(1, COMMANDS.setParameter.request.samples[0]?.value as never),
      activeAlarms: () => driver.activeAlarms(),
      compareClocks: () => driver.compareClocks(),
      identifyLed: () => driver.identifyLed(1),
      readLog: () => driver.readLog(),
      selfTest: () => driver.selfTest(),
      reset: () => driver.reset("soft"),
      calibrate: () => lastValueFrom(driver.calibrate()),
      describe: () => driver.service.describe(),
      lease: async () => (await driver.service.lease("evening", { seconds: 600 })).release(),
      leaseHolder: () => driver.service.leaseHolder(),
      parameters: () => driver.service.parameters(),
      resetAlarmLatch: () => driver.service.resetAlarmLatch(),
      measure: () => lastValueFrom(driver.service.measure(MEASUREMENT)),
      histogram: () => driver.service.histogram("gap", 0),
      tune: () => driver.service.tune("phase"),
    };
    for (const [name, call] of Object.entries(calls)) {
      this.pending.add(name);
      call()
        .catch((error: unknown) => this.#note(error))
        .finally(() => this.pending.delete(name));
    }
  }

  /** Stops the key exchange and starts it again. */
  async again(driver: OpenedTransceiver): Promise<void> {
    void driver
      .stop()
      .catch((error: unknown) => this.#note(error))
      .then(() => this.#startAgain(driver));
    await this.pass(300);
  }

  /** Until it starts: a site whose key exchange does not start is started again, too. */
  #startAgain(driver: OpenedTransceiver): void {
    driver.start({ creditFrames: 4 }).catch((error: unknown) => {
      this.#note(error);
      if (this.end === null) setTimeout(() => this.#startAgain(driver), 1000);
    });
  }

  /** Frames that came twice or in another order. */
  disorder(): string[] {
    const wrong = this.frames.some(({ sessionNumber, frameId }, at) => {
      const before = this.frames[at - 1];
      return before !== undefined && before.sessionNumber === sessionNumber && frameId <= before.frameId;
    });
    return wrong ? ["raw key out of order"] : [];
  }

  #note(error: unknown): void {
    if (error instanceof QkdError) this.named.add(error.code);
    else throw error;
  }
}

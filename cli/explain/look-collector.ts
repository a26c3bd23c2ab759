import type { Subscription } from "rxjs";
import { linkReadings } from "../../controller/index.ts";
import {
  type FrameAgreement,
  type LinkReadings,
  type LinkTally,
  sliceTallies,
} from "../../diagnosis/index.ts";
import type { OpenedTransceiver, Telemetry } from "../../drivers/index.ts";
import { DeviceError, type QkdError } from "../../errors/index.ts";
import { PARAMETERS } from "../../protocol/index.ts";
import { FramePairs } from "./frame-pairs.ts";

/** One unit of a link: its driver, and its telemetry where that is reached. */
export interface LinkUnit {
  readonly device: OpenedTransceiver;
  readonly telemetry: Telemetry | undefined;
}

/** Both units of a link. */
export interface LinkUnits {
  readonly alice: LinkUnit;
  readonly bob: LinkUnit;
}

/** What was collected: counts in the order of time, readings. */
export interface CollectedLook {
  readonly slices: readonly LinkTally[];
  readonly readings: readonly LinkReadings[];
  readonly frames: FrameAgreement;
}

const CREDIT_FRAMES = 32;
/** Slices that unrest is read off from. */
const SLICES = 20;

/**
 * Collects counts and readings of both units by a key exchange of its own, of which no key is made. It refuses to begin
 * while somebody else's key exchange runs, and ends its own in any case.
 */
export class LookCollector {
  readonly #units: LinkUnits;
  readonly #pairs = new FramePairs();
  #subscriptions: readonly Subscription[] = [];
  #tallies: LinkTally[] = [];
  #readings: LinkReadings[] = [];
  #taken: FrameAgreement = { paired: 0, unlike: 0 };
  #failed: unknown;

  constructor(units: LinkUnits) {
    this.#units = units;
  }

  get frames(): Readonly<FramePairs["counts"]> {
    return this.#pairs.counts;
  }

  get gates(): number {
    return this.#tallies.reduce((sum, { gates }) => sum + gates, 0);
  }

  /** Begins the key exchange. @throws DeviceError QKD_DEVICE_BUSY while somebody else's runs. */
  async start(detectionsPerFrame: number): Promise<void> {
    const units = [this.#units.alice.device, this.#units.bob.device];
    for (const unit of units) await refuseWhileBusy(unit);
    this.#subscriptions = units.map((unit) =>
      unit.rawKeys$.subscribe({
        next: (frame) => this.#take(unit, frame),
        error: (error: QkdError) => {
          this.#failed = error;
        },
      }),
    );
    await Promise.all(units.map((unit) => unit.start({ creditFrames: CREDIT_FRAMES, detectionsPerFrame })));
  }

  /** One round of all instruments. */
  async read(): Promise<void> {
    const { alice, bob } = this.#units;
    const [ofAlice, ofBob, biasSetV] = await Promise.all([
      alice.telemetry?.read(),
      bob.telemetry?.read(),
      bob.device.getParameter(PARAMETERS.detectorBiasV.id).catch(() => null),
    ]);
    this.#readings.push(
      linkReadings({
        alice: ofAlice?.values,
        bob: ofBob?.values,
        biasSetV: typeof biasSetV === "number" ? biasSetV : null,
      }),
    );
  }

  /** Everything collected since the last time. @throws what ended the collecting. */
  take(): CollectedLook {
    if (this.#failed !== undefined) throw this.#failed;
    const { paired, unlike } = this.#pairs.counts;
    const frames = { paired: paired - this.#taken.paired, unlike: unlike - this.#taken.unlike };
    const look = { slices: sliceTallies(this.#tallies, SLICES), readings: this.#readings, frames };
    this.#taken = { paired, unlike };
    this.#tallies = [];
    this.#readings = [];
    return look;
  }

  /** Ends the key exchange and wipes what is left of it. */
  async stop(): Promise<void> {
    try {
      await Promise.allSettled([this.#units.alice.device.stop(), this.#units.bob.device.stop()]);
    } finally {
      for (const subscription of this.#subscriptions) subscription.unsubscribe();
      this.#pairs.drop();
    }
  }

  #take(unit: OpenedTransceiver, frame: Parameters<FramePairs["take"]>[0]): void {
    const { frameId } = frame;
    try {
      const tally = this.#pairs.take(frame);
      if (tally !== undefined) this.#tallies.push(tally);
    } catch (error) {
      this.#failed = error;
    }
    unit.acknowledge(frameId);
  }
}

async function refuseWhileBusy(unit: OpenedTransceiver): Promise<void> {
  const { sessionNumber, state } = await unit.status();
  const { role, serial } = unit.identity;
  if (sessionNumber !== 0)
    throw new DeviceError("QKD_DEVICE_BUSY", `a key exchange runs at the ${role} ${serial}`, {
      context: { role, serial, sessionNumber },
      remedy: "ask the site that runs it (explain https://SITE), or stop it first",
    });
  if (state !== "idle")
    throw new DeviceError("QKD_DEVICE_STATE", `the ${role} ${serial} is ${state}`, {
      context: { role, serial, state },
      remedy: state === "calibrating" ? "wait until the calibration is over" : "look at its alarms and log",
    });
}

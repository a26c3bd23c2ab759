import type { ScanControl } from "../../device/scans/scan.ts";
import type { OpticsConditions } from "../../optics/conditions.ts";
import type { FrameLimits, Optics } from "../../optics/optics.ts";
import { isSetting, type OpticsChange, OpticsMixer } from "./optics-mixer.ts";

/** Changes that act from a gate of the timeline on. */
export interface ScheduledChanges {
  readonly atGate: bigint;
  readonly changes: readonly OpticsChange[];
}

/**
 * The optics of a link in the time of its scenario. The timeline counts the gates of the key and those that passed
 * without a key exchange. A frame ends where a change is due, so that changes act at exact gates whatever the frames'
 * size and the speed. Light between key exchanges comes from optics of its own, which obey the same changes.
 */
export class OpticsTimeline {
  readonly #key: Optics;
  readonly #probe: Optics;
  readonly #mixer: OpticsMixer;
  readonly #scheduled: ScheduledChanges[];
  readonly #driftSeed: bigint | undefined;
  #gatesWithoutKey = 0n;
  #settings = 0;

  constructor(
    key: Optics,
    probe: Optics,
    scheduled: readonly ScheduledChanges[],
    driftSeed: bigint | undefined,
  ) {
    this.#driftSeed = driftSeed;
    this.#key = key;
    this.#probe = probe;
    this.#mixer = new OpticsMixer(key.conditions.link.channelLossDb);
    this.#scheduled = [...scheduled];
    this.#tellTime(key);
  }

  /** The next frame of the key, shorter where a change is due; its planes lie in `place`. */
  nextFrame(limits: FrameLimits, place: Uint8Array): ReturnType<Optics["nextFrame"]> {
    this.#catchUp();
    const next = this.#scheduled[0];
    const left = next === undefined ? limits.maxGates : next.atGate - this.#gate;
    return this.#key.nextFrame(left < limits.maxGates ? { ...limits, maxGates: left } : limits, place);
  }

  /** Light that no key is made of. */
  probe(limits: FrameLimits): ReturnType<Optics["nextFrame"]> {
    this.#tellTime(this.#probe);
    return this.#probe.nextFrame(limits);
  }

  /** The same light while some settings are others; afterwards they are the present ones again. */
  sample(controls: readonly ScanControl[], limits: FrameLimits): ReturnType<Optics["nextFrame"]> {
    const present = controls.map((control) => presentSetting(control, this.#key.conditions));
    try {
      for (const control of controls) this.#probe.control(control);
      return this.probe(limits);
    } finally {
      for (const control of present) this.#probe.control(control);
    }
  }

  /** Time passes without a key exchange. */
  pass(gates: bigint): void {
    this.#gatesWithoutKey += gates;
    this.#tellTime(this.#key);
    this.#catchUp();
  }

  /** A change, now or at a gate of the timeline. Throws ConfigError for a change that the optics refuse. */
  change(change: OpticsChange, atGate: bigint | undefined): void {
    if (atGate === undefined || atGate <= this.#gate) {
      this.#apply(change);
      return;
    }
    const after = this.#scheduled.findIndex((one) => one.atGate > atGate);
    this.#scheduled.splice(after < 0 ? this.#scheduled.length : after, 0, { atGate, changes: [change] });
  }

  /** How many settings of the devices the light obeys. */
  get settings(): number {
    return this.#settings;
  }

  get #gate(): bigint {
    return this.#key.gate + this.#gatesWithoutKey;
  }

  /** Both optics drift in the time of the timeline. */
  #tellTime(optics: Optics): void {
    if (this.#driftSeed === undefined) return;
    const gatesBefore = this.#gate - optics.gate;
    optics.control({ type: "drift", clock: { seed: this.#driftSeed, gatesBefore } });
  }

  #catchUp(): void {
    for (
      let next = this.#scheduled[0];
      next !== undefined && next.atGate <= this.#gate;
      next = this.#scheduled[0]
    ) {
      this.#scheduled.shift();
      for (const change of next.changes) this.#apply(change);
    }
  }

  #apply(change: OpticsChange): void {
    const control = this.#mixer.mix(change);
    this.#key.control(control);
    this.#probe.control(control);
    if (isSetting(change)) this.#settings += 1;
  }
}

/** The present value of what a control would set. */
function presentSetting({ type }: ScanControl, conditions: OpticsConditions): ScanControl {
  switch (type) {
    case "gateSetting":
      return { type, ...conditions.gateSetting };
    case "phaseSetting":
      return { type, radian: conditions.phaseSettingRad };
    case "biasTrim":
      return { type, volt: conditions.biasTrimV };
    case "modulatorSetting":
      return { type, volt: conditions.modulatorSettingV };
  }
}

import type { Role } from "../device/device-profile.ts";
import type { DeviceWorld, SampleLimits, Surroundings } from "../device/device-world.ts";
import type { MeasuredGates } from "../device/measured-gates.ts";
import { Refusal } from "../device/refusal.ts";
import type { ScanControl } from "../device/scans/scan.ts";
import type { SiteName } from "../happenings/site-name.ts";
import type { OpticsControl } from "../optics/control.ts";
import type { OpticsDesk } from "./light/optics-desk.ts";
import type { PairKeyExchange } from "./pair-key-exchange.ts";
import type { PairMeasurement } from "./pair-measurement.ts";
import type { PairSurroundings } from "./pair-surroundings.ts";
import type { ScenarioPlayer } from "./scenario-player.ts";

/** The parts of a pair that its devices act on. */
export interface PairParts {
  readonly desk: OpticsDesk;
  readonly keyExchange: PairKeyExchange;
  readonly measurement: PairMeasurement;
  /** No clock rules the link's time. */
  readonly unpaced: boolean;
  readonly quantumNm: number;
  readonly surroundings: PairSurroundings;
  readonly player: ScenarioPlayer | undefined;
  /** A device checks what it asks for; what is refused all the same shows as a fault of the device. */
  tried(change: Promise<void>): void;
  /** A setting acts on the light. */
  settingChanged(): void;
}

/** The pair as one of its devices sees it. */
export class PairWorld implements DeviceWorld {
  readonly #site: SiteName;
  readonly #parts: PairParts;

  constructor(site: SiteName, parts: PairParts) {
    this.#site = site;
    this.#parts = parts;
  }

  get surroundings(): Surroundings {
    return this.#parts.surroundings.at(this.#site);
  }

  act(control: OpticsControl): void {
    const { desk, player, tried, settingChanged } = this.#parts;
    // What a device does by itself must not depend on how far ahead the light was ordered.
    const byItself = control.type === "detectorTemperature" && player?.begun === true;
    tried(desk.act(control, byItself ? player?.gateOfNotice : undefined));
    if (control.type !== "detectorTemperature") settingChanged();
  }

  addLoss(role: Role, db: number): void {
    const { desk, tried, settingChanged } = this.#parts;
    tried(desk.addLoss(role, db));
    settingChanged();
  }

  join(role: Role, detectionsPerFrame: number): ReturnType<DeviceWorld["join"]> {
    if (this.#parts.measurement.active) throw new Refusal("busy", "the pair measures");
    return this.#parts.keyExchange.join(role, detectionsPerFrame);
  }

  leave(role: Role): void {
    this.#parts.keyExchange.leave(role);
  }

  beginMeasurement(role: Role): void {
    this.#parts.measurement.begin(role);
  }

  endMeasurement(role: Role): void {
    this.#parts.measurement.end(role);
  }

  measure(gates: number, anew: boolean): Promise<MeasuredGates> {
    return this.#parts.measurement.measure(gates, anew);
  }

  sample(controls: readonly ScanControl[], limits: SampleLimits): Promise<MeasuredGates> {
    return this.#parts.measurement.sample(controls, limits);
  }

  mayScan(): void {
    this.#parts.measurement.mayScan();
  }

  get unpaced(): boolean {
    return this.#parts.unpaced;
  }

  get quantumNm(): number {
    return this.#parts.quantumNm;
  }

  wake(): void {
    this.#parts.keyExchange.wake();
  }

  wallNs(): bigint {
    return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
  }
}

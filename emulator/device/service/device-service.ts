import type { EventName, EventOf, ParameterName, ReplyOf, RequestOf } from "../../../protocol/index.ts";
import type { CalibratedDevice } from "../calibration/calibration-measure.ts";
import { emulatedDescription, type FixedDescription } from "../device-description.ts";
import type { DeviceProfile } from "../device-profile.ts";
import type { DeviceWorld } from "../device-world.ts";
import type { LightWatch } from "../keys/light-watch.ts";
import { DeviceLease, type LeaseHost } from "../lease/device-lease.ts";
import type { MeasuredGates } from "../measured-gates.ts";
import { DeviceMeasurement, type MeasurementHost } from "../measurement/device-measurement.ts";
import { histogramKinds, histogramOf } from "../measurement/histogram.ts";
import { measurementKinds, measurementPlan } from "../measurement/measurement-plan.ts";
import type { DeviceSettings, VolatileSettings } from "../parameters/device-settings.ts";
import { Refusal } from "../refusal.ts";
import { DeviceTuning, type TunedDevice } from "../tuning/device-tuning.ts";

/** A client that says nothing for so long loses its measurement (SPEC 5.4). */
const SILENT_OWNER_MS = 30_000;

/** A connection that is served. */
export interface ServiceClient {
  readonly name: string;
  /** Milliseconds since it last sent anything. */
  readonly silentMs: number;
  event<N extends EventName>(name: N, event: EventOf<N>): void;
}

/** What serving a person needs of the device. */
export interface ServicedDevice<Client extends ServiceClient> extends CalibratedDevice, TunedDevice {
  readonly profile: DeviceProfile;
  readonly settings: DeviceSettings;
  readonly world: DeviceWorld;
  readonly light: LightWatch;
  readonly keyExchangeOwner: Client | undefined;
  /** Goes over to measuring, or back. Throws Refusal where its state does not allow it. */
  move(input: "startMeasurement" | "measurementEnded", why: string): void;
  /** Whether `move` would be refused. Throws Refusal. */
  mayMeasure(): void;
}

/** What people do at one device beside key: lease it, measure with it, tune it, ask what it is. */
export class DeviceService<Client extends ServiceClient>
  implements LeaseHost<Client>, MeasurementHost<Client>
{
  readonly lease = new DeviceLease<Client>(this);
  readonly measurement: DeviceMeasurement<Client>;
  readonly #device: ServicedDevice<Client>;
  readonly #description: FixedDescription;
  readonly tuning: DeviceTuning;

  constructor(device: ServicedDevice<Client>) {
    this.#device = device;
    const { profile, world } = device;
    this.#description = emulatedDescription(profile, world.quantumNm, world.wallNs());
    this.measurement = new DeviceMeasurement(this);
    this.tuning = new DeviceTuning(device);
  }

  get description(): ReplyOf<"describe"> {
    return {
      ...this.#description,
      measurements: measurementKinds(this.#device.settings.store),
      histograms: histogramKinds(this.#device.profile.role),
      tunes: [...this.tuning.targets],
    };
  }

  /** Link time goes on. */
  tick(seconds: number): void {
    this.lease.tick();
    this.measurement.tick(seconds);
    this.tuning.tick(seconds, this.lease.holder);
    if ((this.measurement.owner?.silentMs ?? 0) > SILENT_OWNER_MS)
      this.measurement.end("aborted", "its owner said nothing for 30 s");
  }

  /** What the device itself has found outlasts the lease under which it was looked for (SPEC 4.6). Throws Refusal. */
  found(name: ParameterName, value: number): void {
    const { settings, note } = this.#device;
    settings.set(name, settings.store.check(name, value));
    this.lease.settled(name, value);
    note(`${name} found at ${value}`);
  }

  /** A reset or a fault ends what goes on. */
  stop(why: string): void {
    this.measurement.end("aborted", why);
    this.tuning.stop(why);
  }

  /** A connection is gone. */
  gone(session: Client): void {
    if (this.measurement.owner === session) this.measurement.end("aborted", "its connection ended");
    this.lease.gone(session);
  }

  /** Throws Refusal. Returns the number of the run. */
  startMeasurement(owner: Client, request: RequestOf<"startMeasurement">): number {
    const { settings, world, profile } = this.#device;
    this.#device.mayMeasure();
    const plan = measurementPlan(request, settings.store);
    world.beginMeasurement(profile.role);
    this.#device.move("startMeasurement", `measurement of ${request.kind} started by ${owner.name}`);
    return this.measurement.start(
      owner,
      plan,
      plan.moved === undefined ? 0 : settings.store.number(plan.moved),
    );
  }

  /** Throws Refusal. */
  stopMeasurement(asker: Client, run: number): number {
    const { number, owner } = this.measurement;
    if (number === undefined) return 0;
    if (run !== 0 && run !== number) throw new Refusal("wrongState", `measurement ${run} is not running`);
    if (owner !== asker) throw new Refusal("busy", "another connection measures");
    this.measurement.end("stopped", "stopped by its owner");
    return number;
  }

  /** Throws Refusal. */
  readHistogram(request: RequestOf<"readHistogram">): ReplyOf<"readHistogram"> {
    return histogramOf(request, this.#device.profile.role, this.measurement.counted);
  }

  /** Throws Refusal. */
  tune(request: RequestOf<"tune">): ReplyOf<"tune"> {
    return this.tuning.request(request, this.lease.holder);
  }

  occupied(asker: Client): string | undefined {
    const { keyExchangeOwner } = this.#device;
    if (keyExchangeOwner !== undefined && keyExchangeOwner !== asker)
      return `${keyExchangeOwner.name} runs a key exchange`;
    const { owner } = this.measurement;
    return owner !== undefined && owner !== asker ? `${owner.name} measures` : undefined;
  }

  volatileSettings(): VolatileSettings {
    return this.#device.settings.volatile;
  }

  leaseBegan(holder: string, seconds: number): void {
    this.#device.note(`leased to ${holder} for ${seconds} s`);
  }

  leaseEnded(owner: Client, restore: VolatileSettings | undefined, why: string): void {
    if (this.measurement.owner === owner) this.measurement.end("aborted", why);
    if (restore !== undefined) this.#device.settings.restore(restore);
    this.#device.note(restore === undefined ? why : `${why}; volatile settings are restored`);
  }

  get clockHz(): number {
    return this.#device.profile.clockHz;
  }

  get unpaced(): boolean {
    return this.#device.world.unpaced;
  }

  move(name: ParameterName, value: number): void {
    this.#device.settings.set(name, value);
  }

  measure(gates: number, anew: boolean): Promise<MeasuredGates> {
    return this.#device.world.measure(gates, anew);
  }

  measured(owner: Client, point: EventOf<"measurementPoint">): void {
    owner.event("measurementPoint", point);
  }

  measurementEnded(owner: Client, end: EventOf<"measurementEnded">): void {
    this.#device.world.endMeasurement(this.#device.profile.role);
    this.#device.move("measurementEnded", `measurement ${end.run} ${end.outcome}: ${end.text}`);
    owner.event("measurementEnded", end);
  }
}

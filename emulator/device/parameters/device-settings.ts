import type { LinkParameters } from "../../../physics/index.ts";
import type { ParameterName } from "../../../protocol/index.ts";
import type { Role } from "../device-profile.ts";
import type { DeviceWorld } from "../device-world.ts";
import type { InstrumentSettings } from "../instruments/instruments.ts";
import { applyParameter, defaultsFor } from "./parameter-effects.ts";
import { type ParameterDefaults, ParameterStore, type ParameterValue } from "./parameter-store.ts";

/** Volatile parameters with their values at one moment. */
export type VolatileSettings = ReadonlyMap<ParameterName, ParameterValue>;

/** The parameters of one device, and the optics that obey them. */
export class DeviceSettings {
  readonly store: ParameterStore;
  readonly #role: Role;
  readonly #link: LinkParameters;
  readonly #world: Pick<DeviceWorld, "act" | "addLoss">;
  /** Whether the device lets its laser shine. */
  readonly #opticsAllowed: () => boolean;

  constructor(
    role: Role,
    link: LinkParameters,
    world: Pick<DeviceWorld, "act" | "addLoss">,
    opticsAllowed: () => boolean,
    settings: ParameterDefaults["values"],
  ) {
    this.#role = role;
    this.#link = link;
    this.#world = world;
    this.#opticsAllowed = opticsAllowed;
    this.store = new ParameterStore(role, defaultsFor(link, settings));
  }

  /** Takes a checked value; what contradicts another one is refused and changes nothing. Throws Refusal. */
  set(name: ParameterName, value: ParameterValue): void {
    const before = this.store.value(name);
    this.store.set(name, value);
    try {
      this.#apply(name);
    } catch (error) {
      this.store.set(name, before);
      throw error;
    }
  }

  /** Makes the optics obey everything anew, after a reset. */
  applyAll(): void {
    for (const name of this.store.settable) this.#apply(name);
  }

  get volatile(): VolatileSettings {
    return new Map(this.store.volatile.map((name) => [name, this.store.value(name)]));
  }

  /** Gives volatile parameters the values that they had. */
  restore(values: VolatileSettings): void {
    for (const [name, value] of values) if (this.store.value(name) !== value) this.set(name, value);
  }

  /** What the instruments depend on. */
  get instruments(): InstrumentSettings {
    const p = (name: ParameterName): number => this.store.number(name);
    const [pu, pv, pw] = this.#link.intensityProbabilities;
    return {
      laserOn: p("laserEnabled") === 1 && this.#opticsAllowed(),
      meanPhotons: pu * p("meanPhotonsU") + pv * p("meanPhotonsV") + pw * p("meanPhotonsW"),
      attenuationDb: p("attenuationDb"),
      detectorBiasV: p("detectorBiasV"),
      biasTrimV: [p("detector0BiasTrimV"), p("detector1BiasTrimV")],
      detectorSetPointC: p("detectorTemperatureC"),
    };
  }

  #apply(name: ParameterName): void {
    applyParameter(name, this.store, this.#world, this.#role, this.#opticsAllowed());
  }
}

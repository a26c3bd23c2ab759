import {
  isNotSupported,
  type OpenedTransceiver,
  openTransceiver,
  type Telemetry,
  type UnitDescription,
  type UnitLease,
} from "../../drivers/index.ts";
import { CommissionError, knownError, QkdError } from "../../errors/index.ts";
import { PARAMETERS, type ParameterName } from "../../protocol/index.ts";
import type { CommandLog } from "../evidence/command-log.ts";

/** End of the link that a unit is. */
export type Site = "alice" | "bob";

/** What a parameter is set to: a number, or a text. */
export type SettingValue = number | string;

/** One unit under test: its driver, with every command written down. */
export class Unit {
  readonly site: Site;
  readonly device: OpenedTransceiver;
  /** What the unit can do beyond the basic protocol; one without `describe` can nothing beyond it. */
  readonly description: UnitDescription;
  readonly #log: CommandLog;
  #lease: UnitLease | undefined;

  constructor(site: Site, device: OpenedTransceiver, description: UnitDescription, log: CommandLog) {
    this.site = site;
    this.device = device;
    this.description = description;
    this.#log = log;
  }

  get serial(): string {
    return this.device.identity.serial;
  }

  get telemetry(): Telemetry | undefined {
    return this.device.telemetry;
  }

  /** Name for readers. */
  get name(): "Alice" | "Bob" {
    return this.site === "alice" ? "Alice" : "Bob";
  }

  /**
   * Keeps the unit for this run, or keeps on keeping it; units without leases are shared by word of mouth.
   * @throws CommissionError QKD_COMMISSION_BUSY naming who has it.
   */
  async keep(holder: string): Promise<void> {
    if (this.#lease !== undefined && !this.#lease.lost.aborted) return;
    try {
      this.#lease = await this.command("lease", { holder }, () => this.device.service.lease(holder));
    } catch (error) {
      if (isNotSupported(error)) return;
      if (!(error instanceof QkdError) || error.code !== "QKD_DEVICE_BUSY") throw error;
      throw new CommissionError("QKD_COMMISSION_BUSY", `${this.name}, ${this.serial}: ${error.message}`, {
        cause: error,
        context: { unit: this.site, serial: this.serial },
      });
    }
  }

  /** Gives the unit back; it puts its volatile settings back to what they were at the lease, or keeps them as they are. */
  async giveBack(how: { readonly keep?: boolean } = {}): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await lease?.release(how).catch(() => {});
  }

  /** Gives the unit back and closes the connection. */
  async close(): Promise<void> {
    await this.giveBack();
    await this.device.close();
  }

  /** Does something with the device and writes down what, how long it took and how it ended. */
  async command<T>(name: string, detail: object, run: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const entry = (answer: string) =>
      this.#log.add({
        unit: this.site,
        command: name,
        ...detail,
        ms: Math.round(performance.now() - began),
        answer,
      });
    try {
      const result = await run();
      entry("ok");
      return result;
    } catch (error) {
      entry(knownError(error).code);
      throw error;
    }
  }

  /** Value of a parameter by its name; undefined where the device has no such parameter. */
  async get(name: ParameterName): Promise<SettingValue | undefined> {
    try {
      return await this.command("getParameter", { name }, () =>
        this.device.getParameter(PARAMETERS[name].id),
      );
    } catch (error) {
      if (isRefusedName(error)) return undefined;
      throw error;
    }
  }

  /** Sets a parameter by its name; gives what the device took. What steps set goes through the journal, not here. */
  set(name: ParameterName, value: SettingValue): Promise<SettingValue> {
    return this.command("setParameter", { name, value }, () =>
      this.device.setParameter(PARAMETERS[name].id, value),
    );
  }

  /** A number that the device has to have. */
  async number(name: ParameterName): Promise<number> {
    const value = await this.get(name);
    if (typeof value === "number") return value;
    throw new CommissionError("QKD_COMMISSION_READING", `${this.name} has no parameter ${name}`, {
      context: { unit: this.site, name },
    });
  }
}

function isRefusedName(error: unknown): boolean {
  return error instanceof QkdError && error.code === "QKD_DEVICE_BAD_PARAMETER";
}

/** Opens one unit; telemetry beside it where an address was given. */
export async function openUnit(
  site: Site,
  address: string,
  telemetry: string | undefined,
  log: CommandLog,
  signal: AbortSignal,
): Promise<Unit> {
  const device = await openTransceiver(address, {
    signal,
    ...(telemetry === undefined ? {} : { telemetry }),
  });
  try {
    return new Unit(site, device, await device.service.describe(), log);
  } catch (error) {
    await device.close();
    throw error;
  }
}

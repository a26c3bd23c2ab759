import { ConfigError } from "../../errors/index.ts";
import { FaultyWires } from "./faulty-wires.ts";
import type { WireFault } from "./wire-fault.ts";
import { WIRE_PORTS, type WirePort } from "./wire-port.ts";

/** Ports that sessions run over. */
const SESSION_PORTS: readonly WirePort[] = ["tcp", "serial"];

interface Line {
  readonly wires: FaultyWires;
  /** Set from outside, all at once. */
  outside: readonly WireFault[];
  /** From the scenario, each under its key. */
  readonly scripted: Map<string, WireFault>;
}

/** The wires of one device by kind of port. Faults from outside and from a scenario act side by side. */
export class SiteWires {
  readonly #lines: Readonly<Record<WirePort, Line>>;

  constructor(seed: number) {
    const line = (salt: number): Line => ({
      wires: new FaultyWires(seed ^ salt),
      outside: [],
      scripted: new Map(),
    });
    this.#lines = { tcp: line(0), serial: line(0x5e71a1), modbus: line(0x30db05) };
  }

  /** What ports of that kind are wrapped with. */
  of(port: WirePort): FaultyWires {
    return this.#lines[port].wires;
  }

  /**
   * Replaces the faults from outside on one kind of port, or without one on the session ports; an empty list takes them
   * away. Throws ConfigError and then changes nothing.
   */
  set(faults: readonly WireFault[], port?: WirePort): void {
    if (port !== undefined && !WIRE_PORTS.includes(port))
      throw new ConfigError("QKD_CONFIG_INVALID", `wire.port must be one of ${WIRE_PORTS.join(", ")}`, {
        context: { field: "port", value: String(port) },
      });
    for (const one of port === undefined ? SESSION_PORTS : [port]) {
      const line = this.#lines[one];
      line.wires.set([...faults, ...line.scripted.values()]);
      line.outside = [...faults];
    }
  }

  /** A scenario's fault begins, or with undefined ends. */
  script(port: WirePort, key: string, fault: WireFault | undefined): void {
    const line = this.#lines[port];
    if (fault === undefined) line.scripted.delete(key);
    else line.scripted.set(key, fault);
    line.wires.set([...line.outside, ...line.scripted.values()]);
  }

  hangUp(port: WirePort): void {
    this.#lines[port].wires.hangUp();
  }
}

import { FaultyWires } from "./faulty-wires.ts";
import type { WireFault, WirePort } from "./wire-fault.ts";

interface Line {
  readonly wires: FaultyWires;
  /** What is wrong, each under its key. */
  readonly faults: Map<string, WireFault>;
}

/** The wires of one device by kind of port. Faults of all origins act side by side. */
export class SiteWires {
  readonly #lines: Readonly<Record<WirePort, Line>>;

  constructor(seed: number) {
    const line = (salt: number): Line => ({ wires: new FaultyWires(seed ^ salt), faults: new Map() });
    this.#lines = { tcp: line(0), serial: line(0x5e71a1), modbus: line(0x30db05) };
  }

  /** What ports of that kind are wrapped with. */
  of(port: WirePort): FaultyWires {
    return this.#lines[port].wires;
  }

  /** A fault begins under a key, or with undefined ends. */
  set(port: WirePort, key: string, fault: WireFault | undefined): void {
    const { faults, wires } = this.#lines[port];
    if (fault === undefined) faults.delete(key);
    else faults.set(key, fault);
    wires.set([...faults.values()]);
  }

  /** Every fault of that type on that kind of port is over; nothing happens where there is none. */
  end(port: WirePort, type: string): void {
    const { faults, wires } = this.#lines[port];
    for (const [key, fault] of faults) if (fault.type === type) faults.delete(key);
    wires.set([...faults.values()]);
  }

  hangUp(port: WirePort): void {
    this.#lines[port].wires.hangUp();
  }
}

import type { AcceptConnection, ConnectionHandler, PortConnection } from "../ports/port.ts";
import { FaultyDirection } from "./faulty-direction.ts";
import { checkWireFaults, type WireFault } from "./wire-fault.ts";

/**
 * The wires of one device: wraps what accepts connections, so that bytes suffer the faults of the moment. Draws come
 * from the seed and the number of the connection.
 */
export class FaultyWires {
  readonly #seed: number;
  readonly #directions = new Set<FaultyDirection>();
  #faults: readonly WireFault[] = [];
  #connections = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Replaces every fault; an empty list makes the wires whole. Throws ConfigError and then changes nothing. */
  set(faults: readonly WireFault[]): void {
    checkWireFaults(faults);
    this.#faults = [...faults];
    for (const direction of this.#directions) direction.flush();
  }

  /** Puts the wires between clients and device. */
  wrap(accept: AcceptConnection): AcceptConnection {
    return (connection) => this.#join(connection, accept);
  }

  #join(connection: PortConnection, accept: AcceptConnection): ConnectionHandler {
    const number = this.#connections++;
    const faults = (): readonly WireFault[] => this.#faults;
    const out = new FaultyDirection("toClient", this.#seed ^ (2 * number), faults, (bytes) => {
      connection.write(bytes);
    });
    const into = new FaultyDirection("toDevice", this.#seed ^ (2 * number + 1), faults, (bytes) => {
      device.bytes(bytes);
    });
    this.#directions.add(out).add(into);
    const device = accept({
      name: connection.name,
      kind: connection.kind,
      hangUpVisible: connection.hangUpVisible,
      get pendingBytes() {
        return connection.pendingBytes + out.heldBytes;
      },
      write: (bytes) => out.push(bytes),
      close: () => connection.close(),
    });
    return {
      bytes: (chunk) => into.push(chunk),
      drained: () => device.drained(),
      closed: () => {
        for (const direction of [out, into]) {
          direction.close();
          this.#directions.delete(direction);
        }
        device.closed();
      },
    };
  }
}

import { SeededNoise } from "../device/instruments/seeded-noise.ts";
import type { LineSettings } from "../ports/line-settings.ts";
import type { ModbusBank, ModbusException } from "../ports/modbus-bank.ts";
import type { AcceptConnection, ConnectionHandler, PortConnection } from "../ports/port.ts";
import { FaultyDirection } from "./faulty-direction.ts";
import type { WireFault } from "./wire-fault.ts";

/**
 * The wires of one device, or those of one kind of its ports: wraps what accepts connections, so that bytes suffer the faults of the moment. Draws come
 * from the seed and the number of the connection.
 */
export class FaultyWires {
  readonly #seed: number;
  readonly #refusals: SeededNoise;
  readonly #directions = new Set<FaultyDirection>();
  readonly #open = new Set<PortConnection>();
  #faults: readonly WireFault[] = [];
  #connections = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#refusals = new SeededNoise(seed ^ 0x5eed);
  }

  /** Replaces every fault; an empty list makes the wires whole. */
  set(faults: readonly WireFault[]): void {
    this.#faults = [...faults];
    for (const direction of this.#directions) direction.flush();
  }

  /** Closes every connection that can be closed; a serial line has none. */
  hangUp(): void {
    for (const connection of [...this.#open]) if (connection.hangUpVisible) connection.close();
  }

  /** The registers of a Modbus port, with requests refused while a fault says so. */
  refusing(bank: ModbusBank): ModbusBank {
    return {
      coil: (address) => bank.coil(address),
      discreteInput: (address) => bank.discreteInput(address),
      holdingRegister: (address) => bank.holdingRegister(address),
      inputRegister: (address) => bank.inputRegister(address),
      writeCoils: (address, values) => bank.writeCoils(address, values),
      writeHoldingRegisters: (address, values) => bank.writeHoldingRegisters(address, values),
      get identification() {
        return bank.identification;
      },
      refusal: () => this.#refusal(),
    };
  }

  /** Puts the wires between clients and device. `line`: what a serial line is set to. */
  wrap(accept: AcceptConnection, line?: LineSettings): AcceptConnection {
    return (connection) => this.#join(connection, accept, line);
  }

  #refusal(): ModbusException | undefined {
    for (const fault of this.#faults)
      if (fault.type === "modbusException" && this.#refusals.uniform() < fault.probability)
        return fault.exception;
    return undefined;
  }

  #join(
    connection: PortConnection,
    accept: AcceptConnection,
    line: LineSettings | undefined,
  ): ConnectionHandler {
    const number = this.#connections++;
    const faults = (): readonly WireFault[] => this.#faults;
    const toClient = (bytes: Uint8Array, finished?: () => void): void => {
      connection.write(bytes, finished);
      if (!heldBack || out.heldBytes > 0) return;
      heldBack = false;
      // The device was told that bytes are pending; later, as it may be in the middle of writing.
      setImmediate(() => device.drained());
    };
    let heldBack = false;
    const out = new FaultyDirection("toClient", this.#seed ^ (2 * number), faults, toClient, line);
    const toDevice = (bytes: Uint8Array): void => device.bytes(bytes);
    const into = new FaultyDirection("toDevice", this.#seed ^ (2 * number + 1), faults, toDevice, line);
    this.#directions.add(out).add(into);
    this.#open.add(connection);
    const device = accept({
      name: connection.name,
      kind: connection.kind,
      hangUpVisible: connection.hangUpVisible,
      get pendingBytes() {
        return connection.pendingBytes + out.heldBytes;
      },
      write: (bytes, finished) => {
        out.push(bytes, finished);
        heldBack ||= out.heldBytes > 0;
      },
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
        this.#open.delete(connection);
        device.closed();
      },
    };
  }
}

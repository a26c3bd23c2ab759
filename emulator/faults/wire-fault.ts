import type { ModbusException } from "../ports/modbus-bank.ts";

/** A device's lines: every port of that kind; TLS counts as `tcp`, `modbus` is Modbus TCP and RTU. */
export type WirePort = "tcp" | "serial" | "modbus";

/** Every kind of line. */
export const WIRE_PORTS = ["tcp", "serial", "modbus"] as const satisfies readonly WirePort[];

/** Which bytes a fault concerns; both directions where nothing is said. */
export type WireDirection = "toClient" | "toDevice";

interface Directed {
  readonly direction?: WireDirection;
}

/** What can be wrong with the wires of a port; ranges stand in `happenings/wires`. */
export type WireFault =
  /** Each byte has one bit flipped with this probability. */
  | ({ readonly type: "bitFlips"; readonly perByte: number } & Directed)
  /** Each piece that is written loses its second half with this probability. */
  | ({ readonly type: "truncation"; readonly probability: number } & Directed)
  /** Each piece comes twice with this probability. */
  | ({ readonly type: "duplicates"; readonly probability: number } & Directed)
  /** Everything comes this much later, in order; 0 to 60,000 ms. */
  | ({ readonly type: "delay"; readonly ms: number } & Directed)
  /** Nothing passes while the fault is there; it is kept, and comes when the fault is taken away. */
  | ({ readonly type: "stall" } & Directed)
  /** Nothing passes and nothing is kept, yet the connection stays open. */
  | ({ readonly type: "halfOpen" } & Directed)
  /** Bytes pass one by one at this rate, 1 to 1,000,000 a second. */
  | ({ readonly type: "trickle"; readonly bytesPerSecond: number } & Directed)
  /** The device's end of a serial line runs at this speed, 50 to 50,000,000 baud; other lines do not care. */
  | { readonly type: "baudMismatch"; readonly baud: number; readonly direction?: never }
  /** Modbus requests are refused with this exception; other lines do not care. */
  | {
      readonly type: "modbusException";
      readonly exception: ModbusException;
      readonly probability: number;
      readonly direction?: never;
    };

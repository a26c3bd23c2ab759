import { ConfigError } from "../../errors/index.ts";
import { requireInRange } from "../../physics/index.ts";
import { MODBUS_EXCEPTION, type ModbusException } from "../ports/modbus-bank.ts";

/** Which bytes a fault concerns; both directions where nothing is said. */
export type WireDirection = "toClient" | "toDevice";

interface Directed {
  readonly direction?: WireDirection;
}

/** What can be wrong with the wires of a site's session ports. */
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

const RANGES = {
  bitFlips: ["perByte", 0, 1],
  truncation: ["probability", 0, 1],
  duplicates: ["probability", 0, 1],
  delay: ["ms", 0, 60_000],
  stall: undefined,
  halfOpen: undefined,
  trickle: ["bytesPerSecond", 1, 1e6],
  baudMismatch: ["baud", 50, 5e7],
  modbusException: ["probability", 0, 1],
} as const satisfies Record<WireFault["type"], readonly [string, number, number] | undefined>;

const EXCEPTIONS: readonly unknown[] = Object.values(MODBUS_EXCEPTION);

/** Checks faults that came from outside. Throws ConfigError naming field, value and range. */
export function checkWireFaults(faults: readonly WireFault[]): void {
  if (!Array.isArray(faults)) throw invalid("wire.faults must be a list", "faults");
  for (const [index, fault] of (faults as readonly WireFault[]).entries()) {
    const name = `wire.faults[${index}]`;
    if (typeof fault !== "object" || fault === null || !Object.hasOwn(RANGES, fault.type))
      throw invalid(`${name}.type must be one of ${Object.keys(RANGES).join(", ")}`, "type");
    const { direction } = fault;
    if (direction !== undefined && direction !== "toClient" && direction !== "toDevice")
      throw invalid(`${name}.direction must be toClient or toDevice`, "direction");
    const range = RANGES[fault.type];
    if (range === undefined) continue;
    const [field, min, max] = range;
    const value = (fault as unknown as Readonly<Record<string, unknown>>)[field];
    if (typeof value !== "number") throw invalid(`${name}.${field} must be a number`, field);
    requireInRange(`${name}.${field}`, value, { min, max });
    if (fault.type === "modbusException" && !EXCEPTIONS.includes(fault.exception))
      throw invalid(`${name}.exception must be one of ${EXCEPTIONS.join(", ")}`, "exception");
  }
}

function invalid(sentence: string, field: string): ConfigError {
  return new ConfigError("QKD_CONFIG_INVALID", sentence, { context: { field } });
}

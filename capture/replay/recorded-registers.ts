/** What one reading said of a range of addresses. */
interface Reading {
  readonly atNs: bigint;
  readonly start: number;
  readonly values: readonly number[];
}

const CODES = { coil: 1, discreteInput: 2, holdingRegister: 3, inputRegister: 4 } as const;
/** A table of the Modbus model. */
export type RegisterTable = keyof typeof CODES;

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
const IDENTIFICATION = 43;

/** Registers, inputs and coils of a unit over the time of a recording, each as it was read last. */
export class RecordedRegisters {
  /** Texts of the device identification, by object. */
  readonly identification = new Map<number, string>();
  readonly #readings = new Map<number, Reading[]>();

  /** Whether anything was read at all. */
  get empty(): boolean {
    return this.#readings.size === 0 && this.identification.size === 0;
  }

  /** Takes a reply (PDU) with the request that it answers. Refusals and writes tell no value. */
  take(atNs: bigint, request: Uint8Array, reply: Uint8Array): void {
    const code = reply[0] ?? 0;
    if (code !== request[0]) return;
    if (code === IDENTIFICATION) this.#identify(reply);
    if (code < CODES.coil || code > CODES.inputRegister) return;
    const [start, count] = [u16(request, 1), u16(request, 3)];
    const data = reply.subarray(2);
    const values = Array.from({ length: count }, (_, index) =>
      code <= CODES.discreteInput ? ((data[index >> 3] ?? 0) >> (index & 7)) % 2 : u16(data, 2 * index),
    );
    const readings = this.#readings.get(code) ?? [];
    readings.push({ atNs, start, values });
    this.#readings.set(code, readings);
  }

  /** The value of an address at a time, or undefined where it was never read. */
  valueAt(table: RegisterTable, address: number, atNs: bigint): number | undefined {
    const readings = this.#readings.get(CODES[table]) ?? [];
    const holds = ({ start, values }: Reading) => address >= start && address < start + values.length;
    const newest =
      readings.findLast((reading) => reading.atNs <= atNs && holds(reading)) ?? readings.find(holds);
    return newest?.values[address - newest.start];
  }

  #identify(reply: Uint8Array): void {
    let at = 7;
    for (let object = 0; object < (reply[6] ?? 0) && at + 1 < reply.length; object++) {
      const length = reply[at + 1] as number;
      this.identification.set(
        reply[at] as number,
        new TextDecoder().decode(reply.subarray(at + 2, at + 2 + length)),
      );
      at += 2 + length;
    }
  }
}

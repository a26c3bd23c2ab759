import { Subject } from "rxjs";
import { createModbusLine, type Transport } from "../../../drivers/index.ts";
import { QkdError } from "../../../errors/index.ts";
import { decodeInputRegisters, modbusCrc16 } from "../../../protocol/index.ts";
import { type FuzzTarget, joined } from "../fuzz-target.ts";

const UNIT = 1;
const COUNT = 12;

/**
 * Answers of a Modbus slave. The first byte of an input chooses framing, request, and whether the rest is the stream itself
 * or a PDU that is framed with right checksum and transaction, so that the library behind sees it.
 */
export const target: FuzzTarget = {
  seeds: () => {
    const registers = [UNIT, 4, 2 * COUNT, ...Array.from({ length: 2 * COUNT }, (_, at) => at)];
    const identification = [UNIT, 43, 14, 3, 0x83, 0, 0, 2, 0, 3, 65, 66, 67, 1, 1, 68];
    return [
      [0b0001, ...registers],
      [0b0011, ...registers],
      [0b0101, UNIT, 2, 2, 0xff, 0x0f],
      [0b0111, UNIT, 2, 2, 0xff, 0x0f],
      [0b1001, ...identification],
      [0b1011, ...identification],
      [0b1101, UNIT, 16, 0, 3, 0, 1],
      [0b1111, UNIT, 0x84, 2],
      [0b0010, 0, 1, 0, 0, 0, 3, UNIT, 0x84, 2],
      [0b0000, UNIT, 0x84, 2, 0xc2, 0xc1],
    ].map((bytes) => Uint8Array.from(bytes));
  },
  run: async (input) => {
    const mode = input[0] ?? 0;
    const framing = (mode & 2) === 0 ? "rtu" : "tcp";
    const rest = input.slice(1);
    const stream = (mode & 1) === 0 ? rest : framing === "rtu" ? rtuFrame(rest) : tcpFrame(rest);
    const bytes = new Subject<Uint8Array>();
    const transport: Transport = {
      kind: "memory",
      name: "fuzz",
      bytes$: bytes,
      write: async () => {},
      close: async () => bytes.complete(),
    };
    const line = createModbusLine(transport, { framing, unit: UNIT, timeoutMs: 1000, quietMs: 0, gapMs: 0 });
    const asked = ask(line, (mode >> 2) & 3).then(
      (value) => judge(value),
      (error: unknown) => {
        if (!(error instanceof QkdError)) throw error;
      },
    );
    await turn();
    const chunk = (mode >> 4) + 1;
    for (let at = 0; at < stream.length; at += chunk) bytes.next(stream.slice(at, at + chunk));
    await turn();
    await line.close();
    await asked;
  },
};

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function ask(line: ReturnType<typeof createModbusLine>, which: number): Promise<unknown> {
  if (which === 0) return line.readInputRegisters(0, COUNT);
  if (which === 1) return line.readDiscreteInputs(0, COUNT);
  return which === 2 ? line.readIdentification() : line.writeRegisters(3, [7]);
}

/** What counts as an answer has the form that was asked for. */
function judge(value: unknown): void {
  if (value === undefined) return;
  if (value instanceof Map) {
    for (const [id, text] of value)
      if (!Number.isInteger(id) || typeof text !== "string") throw new Error("an identification of no form");
    return;
  }
  if (!Array.isArray(value) || value.length !== COUNT)
    throw new Error("an answer of another length is taken");
  if (value.every((one) => typeof one === "number")) decodeInputRegisters(value as number[]);
  else if (!value.every((one) => typeof one === "boolean")) throw new Error("bits that are none");
}

function rtuFrame(unitAndPdu: Uint8Array): Uint8Array {
  const crc = modbusCrc16(unitAndPdu, 0, unitAndPdu.length);
  return joined([unitAndPdu, Uint8Array.of(crc & 0xff, crc >> 8)]);
}

function tcpFrame(unitAndPdu: Uint8Array): Uint8Array {
  const length = unitAndPdu.length;
  return joined([Uint8Array.of(0, 1, 0, 0, (length >> 8) & 0xff, length & 0xff), unitAndPdu]);
}

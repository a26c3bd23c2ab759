import {
  createMemoryLink,
  createModbusLine,
  type MemoryTransport,
  type ModbusLine,
  type ModbusLineOptions,
} from "../../drivers/index.ts";
import { modbusCrc16 } from "../../protocol/index.ts";

/** A Modbus slave by script: it sees each request and sends whatever the test wants. */
export interface ScriptedSlave {
  readonly line: ModbusLine;
  readonly cable: MemoryTransport;
  /** Requests as unit and PDU. */
  readonly requests: Uint8Array[];
  /** Called for each request; whatever it returns is sent as a well-formed reply. */
  onRequest: (unitAndPdu: Uint8Array) => readonly number[] | undefined;
  /** Frames unit and PDU for the line, answering the given transaction (TCP). */
  frame(unitAndPdu: readonly number[], transaction?: number): Uint8Array;
  send(bytes: Uint8Array): void;
  /** Transaction numbers of the requests (TCP). */
  readonly transactions: number[];
}

export const UNIT = 17;

export function scriptedModbus(
  framing: "rtu" | "tcp",
  options: Partial<ModbusLineOptions> = {},
): ScriptedSlave {
  const [left, right] = createMemoryLink({ name: "modbus" });
  const line = createModbusLine(left, {
    framing,
    unit: UNIT,
    timeoutMs: 100,
    quietMs: 50,
    gapMs: 0,
    ...options,
  });
  const slave: ScriptedSlave = {
    line,
    cable: right,
    requests: [],
    transactions: [],
    onRequest: () => undefined,
    frame(unitAndPdu, transaction = slave.transactions.at(-1) ?? 0) {
      if (framing === "tcp")
        return Uint8Array.of(transaction >> 8, transaction & 0xff, 0, 0, 0, unitAndPdu.length, ...unitAndPdu);
      const bytes = Uint8Array.of(...unitAndPdu, 0, 0);
      const crc = modbusCrc16(bytes, 0, unitAndPdu.length);
      bytes.set([crc & 0xff, crc >> 8], unitAndPdu.length);
      return bytes;
    },
    send: (bytes) => {
      right.write(bytes).catch(() => {});
    },
  };
  right.bytes$.subscribe({
    next(chunk) {
      const request = framing === "tcp" ? chunk.slice(6) : chunk.slice(0, -2);
      if (framing === "tcp") slave.transactions.push(((chunk[0] ?? 0) << 8) | (chunk[1] ?? 0));
      slave.requests.push(request);
      const reply = slave.onRequest(request);
      if (reply !== undefined) slave.send(slave.frame(reply));
    },
    error: () => {},
  });
  return slave;
}

import type { ModbusBank } from "./modbus-bank.ts";
import { modbusCrc } from "./modbus-crc.ts";
import { answerPdu } from "./modbus-pdu.ts";
import { RtuFramer, type RtuRequest } from "./modbus-rtu-framer.ts";
import type { ConnectionHandler, PortConnection } from "./port.ts";

/** A broadcast is carried out and never answered. */
const BROADCAST_UNIT = 0;

/** Answers Modbus RTU requests to one unit on a stream of bytes; a silence of `silenceMs` ends what has no known length. */
export function serveModbusRtu(
  connection: PortConnection,
  unit: number,
  silenceMs: number,
  bank: ModbusBank,
): ConnectionHandler {
  const framer = new RtuFramer();
  let timer: NodeJS.Timeout | undefined;
  const answer = (requests: readonly RtuRequest[]): void => {
    for (const request of requests) {
      if (request.kind !== "request" || (request.unit !== unit && request.unit !== BROADCAST_UNIT)) continue;
      const pdu = answerPdu(request.pdu, bank);
      if (request.unit === BROADCAST_UNIT) continue;
      const frame = new Uint8Array(pdu.length + 3);
      frame[0] = unit;
      frame.set(pdu, 1);
      const crc = modbusCrc(frame.subarray(0, -2));
      frame.set([crc & 0xff, crc >> 8], frame.length - 2);
      connection.write(frame);
    }
  };
  return {
    bytes: (chunk) => {
      clearTimeout(timer);
      answer(framer.push(chunk));
      timer = setTimeout(() => answer(framer.silence()), silenceMs);
    },
    drained: () => {},
    closed: () => clearTimeout(timer),
  };
}

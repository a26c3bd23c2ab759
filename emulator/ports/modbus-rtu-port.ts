import { charactersPerSecond } from "./line-settings.ts";
import type { ModbusBank } from "./modbus-bank.ts";
import { modbusCrc } from "./modbus-crc.ts";
import { answerPdu } from "./modbus-pdu.ts";
import { RtuFramer, type RtuRequest } from "./modbus-rtu-framer.ts";
import type { AcceptConnection, ConnectionHandler, Port, PortConnection } from "./port.ts";
import { openPtyPort, type PtyPortOptions } from "./pty-port.ts";

/** A broadcast is carried out and never answered. */
const BROADCAST_UNIT = 0;
/** Below this a pause may be the scheduler's, not the line's. */
const LEAST_SILENCE_MS = 20;

/**
 * Serves a register bank as a Modbus RTU slave on an emulated serial line. Other units' requests are ignored.
 * `through` may put something between the line and the slave.
 */
export async function openModbusRtuPort(
  options: PtyPortOptions & { readonly unit: number },
  bank: ModbusBank,
  through: (serve: AcceptConnection) => AcceptConnection = (serve) => serve,
): Promise<Port> {
  // The standard's 3.5 characters, with room for the scheduler.
  const silenceMs = Math.max(LEAST_SILENCE_MS, (3.5 * 1000) / charactersPerSecond(options.line));
  const serve: AcceptConnection = (connection) => serveRtu(connection, options.unit, silenceMs, bank);
  const port = await openPtyPort(options, through(serve));
  return {
    address: `modbus+rtu:${port.address.slice("serial:".length)}&unit=${options.unit}`,
    close: () => port.close(),
  };
}

function serveRtu(
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

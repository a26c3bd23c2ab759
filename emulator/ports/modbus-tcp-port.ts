import { createServer, type Socket } from "node:net";
import { MODBUS_EXCEPTION, type ModbusBank } from "./modbus-bank.ts";
import { answerPdu, exceptionPdu } from "./modbus-pdu.ts";
import { serveModbusRtu } from "./modbus-rtu-slave.ts";
import type { AcceptConnection, ConnectionHandler, Port, PortConnection } from "./port.ts";
import { bind, type ListenAt, portOf, serve } from "./tcp-port.ts";

/** Transaction, protocol, length, unit: the MBAP header of Modbus TCP. */
const HEADER_BYTES = 7;
/** A PDU has at most 253 bytes; the header's length field counts the unit id too. */
const MAX_LENGTH = 254;
/** Answers an unread client may pile up before it is dropped. */
const UNREAD_LIMIT = 1 << 20;

/**
 * Serves a register bank over Modbus TCP. Unit ids `unit`, 0 and 255 are answered, others get exception 11. A client
 * whose header is no Modbus header is hung up on: the stream has no way to resynchronise. `through` may put something between the sockets and the slave.
 */
export async function listenModbusTcp(
  at: ListenAt,
  unit: number,
  bank: ModbusBank,
  through: (serve: AcceptConnection) => AcceptConnection = (serve) => serve,
): Promise<Port> {
  return listenModbus(
    "modbus+tcp",
    at,
    unit,
    through((connection) => serveModbusTcp(connection, unit, bank)),
  );
}

/** A Modbus gateway pauses between the characters of a frame; so long, and the frame is over. */
const SILENCE_MS = 50;

/**
 * The same with RTU frames, checksum and all, in the TCP stream, as gateways of serial lines carry them. Other units'
 * requests are ignored.
 */
export async function listenModbusRtuOverTcp(
  at: ListenAt,
  unit: number,
  bank: ModbusBank,
  through: (serve: AcceptConnection) => AcceptConnection = (serve) => serve,
): Promise<Port> {
  const accept = through((connection) => serveModbusRtu(connection, unit, SILENCE_MS, bank));
  return listenModbus("modbus+rtu+tcp", at, unit, accept);
}

async function listenModbus(
  scheme: string,
  at: ListenAt,
  unit: number,
  accept: AcceptConnection,
): Promise<Port> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serve("tcp", socket, accept);
  });
  return portOf(`${await bind(scheme, server, at)}?unit=${unit}`, server, sockets);
}

function serveModbusTcp(connection: PortConnection, unit: number, bank: ModbusBank): ConnectionHandler {
  let pending: Uint8Array = new Uint8Array(0);
  let ended = false;
  return {
    bytes: (chunk) => {
      if (ended) return;
      const input = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const rest = answerAll(input, unit, bank, (bytes) => connection.write(bytes));
      ended = rest === undefined || connection.pendingBytes > UNREAD_LIMIT;
      if (ended) connection.close();
      else pending = (rest ?? new Uint8Array(0)).slice();
    },
    drained: () => {},
    closed: () => {
      ended = true;
    },
  };
}

/** Answers every whole request of `input` and returns what is left, or undefined when it is not Modbus. */
function answerAll(
  input: Uint8Array,
  unit: number,
  bank: ModbusBank,
  send: (bytes: Uint8Array) => void,
): Uint8Array | undefined {
  let rest = input;
  while (rest.length >= HEADER_BYTES) {
    const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
    const length = view.getUint16(4);
    if (view.getUint16(2) !== 0 || length < 2 || length > MAX_LENGTH) return undefined;
    if (rest.length < 6 + length) return rest;
    const pdu = rest.slice(HEADER_BYTES, 6 + length);
    const askedUnit = view.getUint8(6);
    const ours = askedUnit === unit || askedUnit === 0 || askedUnit === 255;
    const answer = ours
      ? answerPdu(pdu, bank)
      : exceptionPdu(pdu[0]!, MODBUS_EXCEPTION.targetFailedToRespond);
    const out = new Uint8Array(HEADER_BYTES + answer.length);
    out.set(rest.subarray(0, 4));
    new DataView(out.buffer).setUint16(4, answer.length + 1);
    out[6] = askedUnit;
    out.set(answer, HEADER_BYTES);
    send(out);
    rest = rest.subarray(6 + length);
  }
  return rest;
}

const MBAP_BYTES = 7;
const MAX_LENGTH_FIELD = 254;

/** One Modbus TCP message: the transaction it answers, then unit and PDU back to back. */
export interface TcpReply {
  readonly transaction: number;
  readonly unitAndPdu: Uint8Array;
}

/** Wraps unit and PDU for Modbus TCP (Modbus Messaging on TCP/IP 1.0b, 3.1.3). */
export function encodeTcpRequest(transaction: number, unitAndPdu: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(MBAP_BYTES - 1 + unitAndPdu.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, transaction);
  view.setUint16(4, unitAndPdu.length);
  bytes.set(unitAndPdu, MBAP_BYTES - 1);
  return bytes;
}

/**
 * Takes the first message off `received`. Returns how many bytes it used (0 while incomplete), or "broken" when the
 * bytes are no Modbus TCP: there is no way to find the next message in such a stream.
 */
export function takeTcpReply(received: Uint8Array): { used: number; reply?: TcpReply } | "broken" {
  if (received.length < MBAP_BYTES) return { used: 0 };
  const view = new DataView(received.buffer, received.byteOffset, received.length);
  const length = view.getUint16(4);
  if (view.getUint16(2) !== 0 || length < 3 || length > MAX_LENGTH_FIELD) return "broken";
  const used = MBAP_BYTES - 1 + length;
  if (received.length < used) return { used: 0 };
  return {
    used,
    reply: { transaction: view.getUint16(0), unitAndPdu: received.slice(MBAP_BYTES - 1, used) },
  };
}

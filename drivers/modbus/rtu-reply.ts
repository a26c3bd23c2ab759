import { modbusCrc16 } from "../../protocol/index.ts";

const EXCEPTION_BYTES = 5;
const FC_DEVICE_IDENTIFICATION = 43;

/**
 * Finds the reply to `request` among the bytes received since it was sent. Both are RTU frames: unit, function, data,
 * CRC. The whole frame must be there and its checksum right; noise before it is passed over.
 * Returns the frame as a copy, or undefined while there is none.
 */
export function findRtuReply(request: Uint8Array, received: Uint8Array): Uint8Array | undefined {
  const unit = request[0];
  const functionCode = request[1] ?? 0;
  for (let start = 0; start + EXCEPTION_BYTES <= received.length; start++) {
    if (received[start] !== unit) continue;
    const code = received[start + 1];
    let length: number | undefined;
    if (code === (functionCode | 0x80)) length = EXCEPTION_BYTES;
    else if (code === functionCode) length = replyLength(functionCode, received, start);
    if (length === undefined || start + length > received.length) continue;
    const crc = (received[start + length - 2] ?? 0) | ((received[start + length - 1] ?? 0) << 8);
    if (modbusCrc16(received, start, start + length - 2) === crc)
      return received.slice(start, start + length);
  }
  return undefined;
}

/** Bytes of a normal reply that starts at `start`; undefined while too little of it is there to tell. */
function replyLength(functionCode: number, received: Uint8Array, start: number): number | undefined {
  if (functionCode <= 4) return 5 + (received[start + 2] ?? 0);
  if (functionCode === FC_DEVICE_IDENTIFICATION) return identificationLength(received, start);
  return 8;
}

/** Walks the objects of a device identification reply: 8 bytes, then id, length, text for each object. */
function identificationLength(received: Uint8Array, start: number): number | undefined {
  const objects = received[start + 7];
  if (objects === undefined) return undefined;
  let end = start + 8;
  for (let index = 0; index < objects; index++) {
    const textBytes = received[end + 1];
    if (textBytes === undefined) return undefined;
    end += 2 + textBytes;
  }
  return end + 2 - start;
}

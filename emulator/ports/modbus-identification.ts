import { MODBUS_EXCEPTION, type ModbusException } from "./modbus-bank.ts";

/** Largest PDU is 253 bytes; seven of them are the head of the answer. */
const OBJECT_BYTES = 246;
/** Basic, regular and extended identification, readable as a stream and one by one. */
const CONFORMITY = 0x83;

/**
 * Answers function 43 with MEI type 14 (Read Device Identification, application protocol 1.1b3 section 6.21): stream
 * access to the basic (1), regular (2) and extended (3) categories, and single objects (4). An unknown first object
 * restarts a stream at its beginning, as the standard demands.
 */
export function readDeviceIdentification(
  pdu: Uint8Array,
  objects: ReadonlyMap<number, string>,
): Uint8Array | ModbusException {
  const [, meiType, readCode, firstObject] = pdu;
  if (meiType !== 0x0e) return MODBUS_EXCEPTION.illegalFunction;
  if (pdu.length !== 4 || readCode === undefined || firstObject === undefined)
    return MODBUS_EXCEPTION.illegalValue;
  if (readCode < 1 || readCode > 4) return MODBUS_EXCEPTION.illegalValue;
  if (readCode === 4) {
    const text = objects.get(firstObject);
    if (text === undefined) return MODBUS_EXCEPTION.illegalAddress;
    return answer(readCode, 0, 0, [[firstObject, encodeText(text)]]);
  }
  const last = readCode === 1 ? 0x02 : readCode === 2 ? 0x7f : 0xff;
  const all = [...objects].filter(([id]) => id <= last);
  const from = all.some(([id]) => id === firstObject) ? firstObject : 0;
  const sent: [number, Uint8Array][] = [];
  let size = 0;
  for (const [id, text] of all.filter(([id]) => id >= from)) {
    const value = encodeText(text);
    if (size + 2 + value.length > OBJECT_BYTES) return answer(readCode, 0xff, id, sent);
    sent.push([id, value]);
    size += 2 + value.length;
  }
  return answer(readCode, 0, 0, sent);
}

const encodeText = (text: string): Uint8Array => new TextEncoder().encode(text).subarray(0, OBJECT_BYTES - 2);

function answer(
  readCode: number,
  moreFollows: number,
  nextObject: number,
  objects: readonly (readonly [number, Uint8Array])[],
): Uint8Array {
  const head = [0x2b, 0x0e, readCode, CONFORMITY, moreFollows, nextObject, objects.length];
  return Uint8Array.from([...head, ...objects.flatMap(([id, value]) => [id, value.length, ...value])]);
}

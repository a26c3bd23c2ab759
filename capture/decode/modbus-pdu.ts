import {
  alarmNameOf,
  COILS,
  DISCRETE_INPUTS,
  decodeInputRegisters,
  HOLDING_REGISTERS,
  IDENTIFICATION_OBJECTS,
  INPUT_REGISTERS,
} from "../../protocol/index.ts";
import type { PlainValue } from "./plain-value.ts";

/** Functions of the register map (SPEC 9) by number. */
export const MODBUS_FUNCTIONS: Readonly<Record<number, string>> = {
  1: "readCoils",
  2: "readDiscreteInputs",
  3: "readHoldingRegisters",
  4: "readInputRegisters",
  5: "writeCoil",
  6: "writeRegister",
  15: "writeCoils",
  16: "writeRegisters",
  43: "readIdentification",
};

/** Exceptions of Modbus Application Protocol 1.1b3, 7. */
export const MODBUS_EXCEPTIONS: Readonly<Record<number, string>> = {
  1: "illegal function",
  2: "illegal data address",
  3: "illegal data value",
  4: "server device failure",
  5: "acknowledge",
  6: "server device busy",
  10: "gateway path unavailable",
  11: "gateway target failed to respond",
};

type Fields = { readonly [name: string]: PlainValue };

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
const decoder = new TextDecoder();

/** Fields of a request: where it reads or writes, and what. */
export function requestFields(pdu: Uint8Array): Fields {
  switch (pdu[0]) {
    case 43:
      return { meiType: pdu[1] ?? 0, readCode: pdu[2] ?? 0, object: pdu[3] ?? 0 };
    case 5:
    case 6:
      return { address: u16(pdu, 1), value: u16(pdu, 3) };
    default:
      return { address: u16(pdu, 1), count: u16(pdu, 3) };
  }
}

/** Fields of a reply. What registers mean depends on the request; without it they are told as words. */
export function replyFields(pdu: Uint8Array, request: Uint8Array | undefined): Fields {
  const code = pdu[0] ?? 0;
  if (code >= 0x80) return { exception: MODBUS_EXCEPTIONS[pdu[1] ?? 0] ?? `unknown ${pdu[1] ?? 0}` };
  if (code === 43) return identification(pdu);
  if (code > 4) return requestFields(pdu);
  const data = pdu.subarray(2, 2 + (pdu[1] ?? 0));
  if (request === undefined || request[0] !== code) return { dataBytes: data.length };
  const [address, count] = [u16(request, 1), u16(request, 3)];
  if (code <= 2) return bits(code, data, address, count);
  const words = Array.from({ length: Math.floor(data.length / 2) }, (_, index) => u16(data, 2 * index));
  return code === 4 ? inputRegisters(words, address) : holdingRegisters(words, address);
}

function inputRegisters(words: readonly number[], start: number): Fields {
  const values = decodeInputRegisters(words, start);
  return Object.fromEntries(
    Object.keys(INPUT_REGISTERS).flatMap((name) => {
      const value = values[name as keyof typeof values];
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
}

function holdingRegisters(words: readonly number[], start: number): Fields {
  const named = new Map<number, string>(
    Object.entries(HOLDING_REGISTERS).map(([name, { address }]) => [address, name]),
  );
  return Object.fromEntries(
    words.map((word, index) => [named.get(start + index) ?? `register${start + index}`, word]),
  );
}

function bits(code: number, data: Uint8Array, start: number, count: number): Fields {
  const set: number[] = [];
  for (let bit = 0; bit < count; bit++) if (((data[bit >> 3] ?? 0) >> (bit & 7)) & 1) set.push(start + bit);
  if (code === 1) {
    const named = Object.entries(COILS).filter(([, { address }]) => set.some((one) => one === address));
    return { coils: named.map(([name]) => name) };
  }
  const names = (from: number, to: number): string[] =>
    set
      .filter((address) => address >= from && address < to)
      .map((address) => alarmNameOf(address - from) ?? `alarm ${address - from}`);
  const { operatingAlarms, absoluteAlarms } = DISCRETE_INPUTS;
  return {
    operatingAlarms: names(operatingAlarms, absoluteAlarms),
    absoluteAlarms: names(absoluteAlarms, 2 * absoluteAlarms - operatingAlarms),
  };
}

function identification(pdu: Uint8Array): Fields {
  const named = new Map(Object.entries(IDENTIFICATION_OBJECTS).map(([name, { id }]) => [id as number, name]));
  const fields: Record<string, PlainValue> = {};
  let at = 7;
  for (let object = 0; object < (pdu[6] ?? 0) && at + 1 < pdu.length; object++) {
    const id = pdu[at] as number;
    const length = pdu[at + 1] as number;
    fields[named.get(id) ?? `object${id}`] = decoder.decode(pdu.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return fields;
}

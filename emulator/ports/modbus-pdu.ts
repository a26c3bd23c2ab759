import { MODBUS_EXCEPTION, type ModbusBank, type ModbusException } from "./modbus-bank.ts";
import { readDeviceIdentification } from "./modbus-identification.ts";

/**
 * Answers one Modbus request PDU (function code and data, without unit id or checksum) as the Modbus application
 * protocol 1.1b3 section 6 says. Functions 1-6, 15, 16 and 43/14; everything else gets exception 1. Never throws on
 * any input; an empty PDU gets an exception with function code 0x80.
 */
export function answerPdu(pdu: Uint8Array, bank: ModbusBank): Uint8Array {
  const functionCode = pdu[0] ?? 0;
  const answer = bank.refusal?.() ?? dispatch(functionCode, pdu, bank);
  return typeof answer === "number" ? exceptionPdu(functionCode, answer) : answer;
}

/** The exception answer to a function. */
export function exceptionPdu(functionCode: number, exception: ModbusException): Uint8Array {
  return Uint8Array.of((functionCode | 0x80) & 0xff, exception);
}

function dispatch(functionCode: number, pdu: Uint8Array, bank: ModbusBank): Uint8Array | ModbusException {
  switch (functionCode) {
    case 1:
      return readBits(pdu, (address) => bank.coil(address));
    case 2:
      return readBits(pdu, (address) => bank.discreteInput(address));
    case 3:
      return readRegisters(pdu, (address) => bank.holdingRegister(address));
    case 4:
      return readRegisters(pdu, (address) => bank.inputRegister(address));
    case 5:
      return writeOneCoil(pdu, bank);
    case 6:
      return writeOneRegister(pdu, bank);
    case 15:
      return writeCoils(pdu, bank);
    case 16:
      return writeRegisters(pdu, bank);
    case 43:
      return readDeviceIdentification(pdu, bank.identification);
    default:
      return MODBUS_EXCEPTION.illegalFunction;
  }
}

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

function readBits(
  pdu: Uint8Array,
  read: (address: number) => boolean | undefined,
): Uint8Array | ModbusException {
  if (pdu.length !== 5) return MODBUS_EXCEPTION.illegalValue;
  const [start, count] = [u16(pdu, 1), u16(pdu, 3)];
  if (count < 1 || count > 2000) return MODBUS_EXCEPTION.illegalValue;
  const answer = new Uint8Array(2 + Math.ceil(count / 8));
  answer.set([pdu[0]!, answer.length - 2]);
  for (let i = 0; i < count; i++) {
    const bit = read(start + i);
    if (bit === undefined) return MODBUS_EXCEPTION.illegalAddress;
    if (bit) answer[2 + (i >> 3)]! |= 1 << (i & 7);
  }
  return answer;
}

function readRegisters(
  pdu: Uint8Array,
  read: (address: number) => number | undefined,
): Uint8Array | ModbusException {
  if (pdu.length !== 5) return MODBUS_EXCEPTION.illegalValue;
  const [start, count] = [u16(pdu, 1), u16(pdu, 3)];
  if (count < 1 || count > 125) return MODBUS_EXCEPTION.illegalValue;
  const answer = new Uint8Array(2 + 2 * count);
  answer.set([pdu[0]!, 2 * count]);
  for (let i = 0; i < count; i++) {
    const value = read(start + i);
    if (value === undefined) return MODBUS_EXCEPTION.illegalAddress;
    answer.set([(value >> 8) & 0xff, value & 0xff], 2 + 2 * i);
  }
  return answer;
}

function writeOneCoil(pdu: Uint8Array, bank: ModbusBank): Uint8Array | ModbusException {
  if (pdu.length !== 5) return MODBUS_EXCEPTION.illegalValue;
  const value = u16(pdu, 3);
  if (value !== 0 && value !== 0xff00) return MODBUS_EXCEPTION.illegalValue;
  return bank.writeCoils(u16(pdu, 1), [value === 0xff00]) ?? pdu.slice();
}

function writeOneRegister(pdu: Uint8Array, bank: ModbusBank): Uint8Array | ModbusException {
  if (pdu.length !== 5) return MODBUS_EXCEPTION.illegalValue;
  return bank.writeHoldingRegisters(u16(pdu, 1), [u16(pdu, 3)]) ?? pdu.slice();
}

function writeCoils(pdu: Uint8Array, bank: ModbusBank): Uint8Array | ModbusException {
  if (pdu.length < 6) return MODBUS_EXCEPTION.illegalValue;
  const count = u16(pdu, 3);
  const bytes = Math.ceil(count / 8);
  if (count < 1 || count > 0x7b0 || pdu[5] !== bytes || pdu.length !== 6 + bytes)
    return MODBUS_EXCEPTION.illegalValue;
  const values = Array.from({ length: count }, (_, i) => ((pdu[6 + (i >> 3)]! >> (i & 7)) & 1) === 1);
  return bank.writeCoils(u16(pdu, 1), values) ?? pdu.slice(0, 5);
}

function writeRegisters(pdu: Uint8Array, bank: ModbusBank): Uint8Array | ModbusException {
  if (pdu.length < 6) return MODBUS_EXCEPTION.illegalValue;
  const count = u16(pdu, 3);
  if (count < 1 || count > 123 || pdu[5] !== 2 * count || pdu.length !== 6 + 2 * count)
    return MODBUS_EXCEPTION.illegalValue;
  const values = Array.from({ length: count }, (_, i) => u16(pdu, 6 + 2 * i));
  return bank.writeHoldingRegisters(u16(pdu, 1), values) ?? pdu.slice(0, 5);
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MODBUS_EXCEPTION, type ModbusBank } from "./modbus-bank.ts";
import { answerPdu } from "./modbus-pdu.ts";

function testBank(): ModbusBank & { readonly coils: boolean[]; readonly holding: number[] } {
  const coils = [true, false, true, true, false, false, false, false, true, true];
  const holding = [0x1234, 0xffff, 7];
  return {
    coils,
    holding,
    coil: (address) => coils[address],
    discreteInput: (address) => (address < 20 ? address % 3 === 0 : undefined),
    holdingRegister: (address) => holding[address],
    inputRegister: (address) => (address >= 100 && address < 300 ? address * 10 : undefined),
    writeCoils: (address, values) => {
      if (address + values.length > coils.length) return MODBUS_EXCEPTION.illegalAddress;
      coils.splice(address, values.length, ...values);
      return undefined;
    },
    writeHoldingRegisters: (address, values) => {
      if (address + values.length > holding.length) return MODBUS_EXCEPTION.illegalAddress;
      if (values.some((value) => value > 0xff)) return MODBUS_EXCEPTION.illegalValue;
      holding.splice(address, values.length, ...values);
      return undefined;
    },
    identification: new Map([
      [0, "Maker"],
      [1, "CODE"],
      [2, "1.0"],
      [4, "A product name"],
      [0x80, "x".repeat(240)],
    ]),
  };
}

const ask = (...pdu: number[]) => [...answerPdu(Uint8Array.from(pdu), testBank())];

describe("the Modbus unit", () => {
  it.each([
    ["coils across a byte", [1, 0, 0, 0, 10], [1, 2, 0x0d, 0x03]],
    ["discrete inputs", [2, 0, 0, 0, 4], [2, 1, 0b1001]],
    ["holding registers", [3, 0, 0, 0, 2], [3, 4, 0x12, 0x34, 0xff, 0xff]],
    ["input registers", [4, 0, 100, 0, 1], [4, 2, 0x03, 0xe8]],
    ["a coil switched on", [5, 0, 1, 0xff, 0], [5, 0, 1, 0xff, 0]],
    ["a register written", [6, 0, 2, 0, 9], [6, 0, 2, 0, 9]],
    ["coils written", [15, 0, 0, 0, 10, 2, 0xff, 0x03], [15, 0, 0, 0, 10]],
    ["registers written", [16, 0, 0, 0, 2, 4, 0, 1, 0, 2], [16, 0, 0, 0, 2]],
  ])("answers %s", (_name, request, answer) => {
    expect(ask(...request)).toEqual(answer);
  });

  it.each([
    ["an unknown function", [8, 0, 0], 1],
    ["an address outside the map", [4, 0, 99, 0, 1], 2],
    ["a range that leaves the map", [3, 0, 2, 0, 2], 2],
    ["address overflow", [4, 0xff, 0xff, 0, 2], 2],
    ["no registers", [3, 0, 0, 0, 0], 3],
    ["too many registers", [4, 0, 100, 0, 126], 3],
    ["too many coils", [1, 0, 0, 0x07, 0xd1], 3],
    ["a coil value that is neither", [5, 0, 0, 1, 0], 3],
    ["a byte count that lies", [16, 0, 0, 0, 2, 3, 0, 1, 0, 2], 3],
    ["a truncated request", [3, 0, 0], 3],
    ["no coils", [1, 0, 0, 0, 0], 3],
    ["coils that leave the map", [1, 0, 5, 0, 10], 2],
    ["no coils to write", [15, 0, 0, 0, 0, 0], 3],
    ["more coils than a request carries", [15, 0, 0, 0x07, 0xb1, 247, ...Array<number>(247).fill(0)], 3],
    ["coils with a byte count that lies", [15, 0, 0, 0, 8, 2, 0xff], 3],
    ["coils with a byte too many", [15, 0, 0, 0, 8, 1, 0xff, 0], 3],
    ["no registers to write", [16, 0, 0, 0, 0, 0], 3],
    ["more registers than a request carries", [16, 0, 0, 0, 124, 248, ...Array<number>(248).fill(0)], 3],
    ["registers with a byte too many", [16, 0, 0, 0, 1, 2, 0, 1, 0], 3],
    ["a read of coils with a byte too many", [1, 0, 0, 0, 4, 0], 3],
    ["a read of registers with a byte too many", [3, 0, 0, 0, 1, 0], 3],
    ["a coil with a byte too many", [5, 0, 1, 0xff, 0, 0], 3],
    ["a register with a byte too many", [6, 0, 2, 0, 9, 0], 3],
    ["a value the device refuses", [6, 0, 0, 1, 0], 3],
    ["an unknown MEI type", [43, 13, 1, 0], 1],
    ["an unknown read code", [43, 14, 5, 0], 3],
    ["an unknown single object", [43, 14, 4, 3], 2],
  ])("refuses %s", (_name, request, exception) => {
    expect(ask(...request)).toEqual([request[0]! | 0x80, exception]);
  });

  it("writes nothing when it refuses", () => {
    const bank = testBank();
    answerPdu(Uint8Array.of(16, 0, 0, 0, 3, 6, 0, 1, 0, 2, 1, 0), bank);
    expect(bank.holding).toEqual([0x1234, 0xffff, 7]);
  });

  it("identifies itself in the categories of the standard", () => {
    const basic = ask(43, 14, 1, 0);
    expect(basic.slice(0, 7)).toEqual([0x2b, 0x0e, 1, 0x83, 0, 0, 3]);
    expect(new TextDecoder().decode(Uint8Array.from(basic.slice(9, 14)))).toBe("Maker");
    const extended = ask(43, 14, 3, 0);
    expect(extended.slice(4, 7)).toEqual([0xff, 0x80, 4]);
    expect(ask(43, 14, 3, 0x80).slice(4, 9)).toEqual([0, 0, 1, 0x80, 240]);
    expect(ask(43, 14, 4, 2)).toEqual([0x2b, 0x0e, 4, 0x83, 0, 0, 1, 2, 3, 0x31, 0x2e, 0x30]);
  });

  it("answers every request with something of legal size", () => {
    const request = fc.uint8Array({ maxLength: 260 });
    fc.assert(
      fc.property(request, (pdu) => {
        const answer = answerPdu(pdu, testBank());
        expect(answer.length).toBeGreaterThanOrEqual(2);
        expect(answer.length).toBeLessThanOrEqual(253);
        expect(answer[0]! & 0x7f).toBe((pdu[0] ?? 0) & 0x7f);
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

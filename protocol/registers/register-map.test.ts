import { describe, expect, it } from "vitest";
import { CodecError } from "../../errors/index.ts";
import { ALARM_BITS, ALARMS, alarmNameOf, DISCRETE_INPUT_COUNT } from "./alarm-table.ts";
import { decodeRegister, encodeRegister, type RegisterDeclaration, registerWords } from "./register.ts";
import { registerLevel } from "./register-level.ts";
import {
  decodeInputRegisters,
  encodeInputRegisters,
  INPUT_REGISTER_COUNT,
  INPUT_REGISTERS,
  type RegisterName,
} from "./register-map.ts";

const all = Object.entries(INPUT_REGISTERS) as [RegisterName, RegisterDeclaration][];
const declared = (type: RegisterDeclaration["type"], stepsPerUnit = 1): RegisterDeclaration => ({
  address: 0,
  type,
  stepsPerUnit,
  unit: "",
  role: "both",
  meaning: "",
});

describe("one register", () => {
  it.each([
    ["u16", 100, 45.67, [4567]],
    ["u16", 1, 0, [0]],
    ["i16", 100, -3.21, [0xfebf]],
    ["u32", 1, 22_000_000, [0x014f, 0xb180]],
    ["f32", 1, 0.5, [0x3f00, 0]],
    ["f32", 1, -2, [0xc000, 0]],
  ] as const)("%s with %d steps per unit holds %d", (type, steps, value, words) => {
    const register = declared(type, steps);
    expect(encodeRegister(register, value)).toEqual(words);
    expect(decodeRegister(register, words[0], words[1])).toBe(value);
  });

  it.each([
    ["u16", [0xffff]],
    ["i16", [0x8000]],
    ["u32", [0xffff, 0xffff]],
    ["f32", [0x7fc0, 0]],
  ] as const)("%s has a value for absent", (type, words) => {
    expect(encodeRegister(declared(type), null)).toEqual(words);
    expect(decodeRegister(declared(type), words[0], words[1])).toBeNull();
  });

  it.each([
    ["u16", 1e9, 0xfffe],
    ["u16", -5, 0],
    ["i16", 1e9, 0x7fff],
    ["i16", -1e9, -0x7fff],
    ["u32", 1e12, 0xffff_fffe],
    ["u32", Number.NEGATIVE_INFINITY, 0],
  ] as const)("%s saturates %d at %d, never at the absent value", (type, value, stored) => {
    const [high, low] = encodeRegister(declared(type), value);
    expect(decodeRegister(declared(type), high as number, low)).toBe(stored);
  });

  it("saturates an infinite f32 and reads infinities as absent", () => {
    const [high, low] = encodeRegister(declared("f32"), Number.POSITIVE_INFINITY);
    expect(decodeRegister(declared("f32"), high as number, low)).toBeGreaterThan(3e38);
    expect(decodeRegister(declared("f32"), 0x7f80, 0)).toBeNull();
  });

  it("refuses a value that is no number", () => {
    expect(() => encodeRegister(declared("u16"), Number.NaN)).toThrow(CodecError);
  });

  it("reads and writes every pattern of 16 bits alike", () => {
    for (const type of ["u16", "i16"] as const)
      for (let word = 0; word < 0x10000; word++) {
        const value = decodeRegister(declared(type, 100), word);
        if (encodeRegister(declared(type, 100), value)[0] !== word) expect.unreachable(`${type} ${word}`);
      }
  });
});

describe("the map", () => {
  it("has no two quantities in one register and ends where it says", () => {
    const used = new Map<number, string>();
    for (const [name, { address, type }] of all)
      for (let word = 0; word < registerWords(type); word++) {
        expect(used.get(address + word)).toBeUndefined();
        used.set(address + word, name);
      }
    expect(Math.max(...used.keys())).toBe(INPUT_REGISTER_COUNT - 1);
    expect(INPUT_REGISTER_COUNT).toBeLessThanOrEqual(125);
  });

  it("gives each ranged quantity, and no other, an alarm of its own name", () => {
    for (const [name, { operating, absolute, alarmBit }] of all) {
      expect([operating === undefined, absolute === undefined]).toEqual(
        Array(2).fill(alarmBit === undefined),
      );
      if (alarmBit === undefined || operating === undefined || absolute === undefined) continue;
      expect(alarmNameOf(alarmBit)).toBe(name);
      expect(absolute[0]).toBeLessThanOrEqual(operating[0]);
      expect(operating[0]).toBeLessThan(operating[1]);
      expect(operating[1]).toBeLessThanOrEqual(absolute[1]);
    }
    const codes = Object.values(ALARMS).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(Math.max(...codes)).toBeLessThan(ALARM_BITS);
    expect(DISCRETE_INPUT_COUNT).toBe(2 * ALARM_BITS);
    expect(alarmNameOf(63)).toBeUndefined();
  });

  it("can hold both ends of every range", () => {
    for (const [name, register] of all)
      for (const value of [...(register.operating ?? []), ...(register.absolute ?? [])]) {
        const [high, low] = encodeRegister(register, value);
        expect([name, decodeRegister(register, high as number, low)]).toEqual([
          name,
          expect.closeTo(value, 4),
        ]);
      }
  });

  it("reads an image back, with null for what was not given", () => {
    const image = encodeInputRegisters({
      laserTemperatureC: 25.5,
      qberZPpm: 23_000,
      gain: 0.0625,
      uptimeS: 70_000,
    });
    const values = decodeInputRegisters(image);
    expect(values).toMatchObject({
      laserTemperatureC: 25.5,
      qberZPpm: 23_000,
      gain: 0.0625,
      uptimeS: 70_000,
    });
    expect(Object.keys(values)).toEqual(Object.keys(INPUT_REGISTERS));
    expect(Object.values(values).filter((value) => value !== null)).toHaveLength(4);
    expect(image[6]).toBe(0);
  });

  it("reads a block from the middle, leaving out quantities that the block cuts", () => {
    const image = encodeInputRegisters({ detector0BiasV: 60, detector0CountRateHz: 1e6, detector1BiasV: 61 });
    const { address } = INPUT_REGISTERS.detector0BiasV;
    expect(decodeInputRegisters(image.subarray(address, address + 3), address)).toEqual({
      detector0BiasV: 60,
      detector0CountRateHz: 1e6,
    });
    expect(decodeInputRegisters(image.subarray(address, address + 2), address)).toEqual({
      detector0BiasV: 60,
    });
    expect(decodeInputRegisters(image.subarray(address + 2, address + 3), address + 2)).toEqual({});
    expect(decodeInputRegisters([], 500)).toEqual({});
  });

  it.each([[[-1]], [[65_536]], [[1.5]], [[Number.NaN]], [["1"]]] as never[])(
    "refuses the words %o",
    (words: number[]) => {
      expect(() => decodeInputRegisters(words)).toThrow(CodecError);
    },
  );
});

describe("the three levels", () => {
  const register = INPUT_REGISTERS.internalTemperatureC;
  it.each([
    [25, "ok"],
    [5, "ok"],
    [40, "ok"],
    [40.01, "degraded"],
    [4.99, "degraded"],
    [60, "degraded"],
    [60.01, "invalid"],
    [-10.01, "invalid"],
    [Number.NaN, "invalid"],
  ] as const)("internal temperature of %d degC is %s", (value, level) => {
    expect(registerLevel(register, value)).toBe(level);
  });

  it("a quantity without ranges is always ok", () => {
    expect(registerLevel(INPUT_REGISTERS.uptimeS, 1e9)).toBe("ok");
  });
});

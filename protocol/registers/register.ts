import { CodecError } from "../../errors/index.ts";
import { checkArgument, maybe, rule } from "../../options/index.ts";

/** How a quantity is stored: one register, or two with the high word first. */
export type RegisterType = "u16" | "i16" | "u32" | "f32";

/** One quantity of the input registers (Modbus function 4). */
export interface RegisterDeclaration {
  /** Address of its first register, as in the Modbus request (counted from 0). */
  readonly address: number;
  readonly type: RegisterType;
  /** Raw steps per unit: value = raw / stepsPerUnit. 1 for f32. */
  readonly stepsPerUnit: number;
  readonly unit: string;
  /** Devices that have it; elsewhere it reads as absent. */
  readonly role: "qtx" | "qrx" | "both";
  /** Range of normal operation; undefined where any value is in order. */
  readonly operating?: readonly [low: number, high: number];
  /** Range outside of which the reading is invalid or the part at risk; contains the operating range. */
  readonly absolute?: readonly [low: number, high: number];
  /** Bit of both alarm bitmaps and alarm code; given exactly where ranges are. */
  readonly alarmBit?: number;
  readonly meaning: string;
}

const SHAPES = {
  u16: { words: 1, absent: 0xffff, min: 0, max: 0xfffe },
  i16: { words: 1, absent: 0x8000, min: -0x7fff, max: 0x7fff },
  u32: { words: 2, absent: 0xffff_ffff, min: 0, max: 0xffff_fffe },
  f32: { words: 2, absent: 0x7fc0_0000, min: -3.4e38, max: 3.4e38 },
} as const satisfies Record<RegisterType, object>;

const TYPE = rule.choice(...Object.keys(SHAPES));
const WORD = rule.whole(0, 0xffff);
const RANGE = maybe(rule.numbers(2));

export const DECLARATION = rule.like(
  { address: rule.anyNumber, type: TYPE, stepsPerUnit: rule.anyNumber, operating: RANGE, absolute: RANGE },
  "a declaration as in INPUT_REGISTERS",
);

/** Registers that a type takes. */
export function registerWords(type: RegisterType): 1 | 2 {
  checkArgument("type", type, TYPE);
  return SHAPES[type].words;
}

const scratch = new DataView(new ArrayBuffer(4));

/**
 * Raw words of a value, null for absent. A value beyond the type's range is stored as the nearest one that fits, as a
 * saturated converter does; a value that is no number is a CodecError.
 */
export function encodeRegister(declaration: RegisterDeclaration, value: number | null): number[] {
  checkArgument("declaration", declaration, DECLARATION);
  const shape = SHAPES[declaration.type];
  if (value !== null && (typeof value !== "number" || Number.isNaN(value)))
    throw new CodecError("QKD_CODEC_VALUE", "a register value must be a number or null", {
      context: { address: declaration.address },
    });
  if (value === null) scratch.setUint32(0, shape.words === 1 ? shape.absent * 65536 : shape.absent);
  else {
    const raw = Math.min(shape.max, Math.max(shape.min, value * declaration.stepsPerUnit));
    if (declaration.type === "f32") scratch.setFloat32(0, raw);
    else if (shape.words === 2) scratch.setUint32(0, Math.round(raw));
    else scratch.setInt16(0, Math.round(raw));
  }
  return shape.words === 1 ? [scratch.getUint16(0)] : [scratch.getUint16(0), scratch.getUint16(2)];
}

/** Value of raw words, or null where the device has no such reading. Any f32 that is not finite is absent. */
export function decodeRegister(declaration: RegisterDeclaration, high: number, low = 0): number | null {
  checkArgument("declaration", declaration, DECLARATION);
  checkArgument("high", high, WORD);
  checkArgument("low", low, WORD);
  const { type, stepsPerUnit } = declaration;
  const shape = SHAPES[type];
  scratch.setUint16(0, high);
  scratch.setUint16(2, low);
  if (type === "f32") {
    const value = scratch.getFloat32(0);
    return Number.isFinite(value) ? value / stepsPerUnit : null;
  }
  const unsigned = shape.words === 1 ? high : scratch.getUint32(0);
  if (unsigned === shape.absent) return null;
  return (type === "i16" ? scratch.getInt16(0) : unsigned) / stepsPerUnit;
}

import { CodecError } from "../../errors/index.ts";
import { checkArgument, type Rule, rule } from "../../options/index.ts";
import { COUNTERS } from "./counters.ts";
import { ANALOGUE_QUANTITIES } from "./quantities.ts";
import { decodeRegister, encodeRegister, type RegisterDeclaration, registerWords } from "./register.ts";

/** Every quantity of the input registers, by name, in rising order of address. */
export const INPUT_REGISTERS = sortByAddress({ ...COUNTERS, ...ANALOGUE_QUANTITIES });

/** Name of a quantity of the input registers. */
export type RegisterName = keyof typeof COUNTERS | keyof typeof ANALOGUE_QUANTITIES;

/** Input registers of a device: addresses 0 to 119, so that one request reads them all. Gaps read as zero. */
export const INPUT_REGISTER_COUNT = 120;

/** Those of a device whose map is of version 1. */
export const INPUT_REGISTER_COUNT_V1 = 108;

/** Values by name; null where the device has no such reading. */
export type RegisterValues = { readonly [N in RegisterName]?: number | null };

function sortByAddress<N extends string>(
  registers: Readonly<Record<N, RegisterDeclaration>>,
): Readonly<Record<N, RegisterDeclaration>> {
  const entries = Object.entries<RegisterDeclaration>(registers);
  return Object.fromEntries(entries.toSorted(([, a], [, b]) => a.address - b.address)) as Record<
    N,
    RegisterDeclaration
  >;
}

const entries = Object.entries(INPUT_REGISTERS) as [RegisterName, RegisterDeclaration][];

/** Words come as an array of either kind. */
const WORDS: Rule = {
  wants: "a list of registers",
  holds: (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value),
};

/** The whole image of the input registers; a quantity without a value reads as absent. */
export function encodeInputRegisters(values: RegisterValues): Uint16Array {
  checkArgument("values", values, rule.anyObject);
  const image = new Uint16Array(INPUT_REGISTER_COUNT);
  for (const [name, declaration] of entries)
    image.set(encodeRegister(declaration, values[name] ?? null), declaration.address);
  return image;
}

/**
 * Values of every quantity that lies wholly within a block of registers read from `start`. Throws CodecError
 * QKD_CODEC_VALUE if a word has more than 16 bits.
 */
export function decodeInputRegisters(words: ArrayLike<number>, start = 0): RegisterValues {
  checkArgument("words", words, WORDS);
  checkArgument("start", start, rule.whole(0, 0xffff));
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as number;
    if (!Number.isInteger(word) || word < 0 || word > 0xffff)
      throw new CodecError("QKD_CODEC_VALUE", "a register must be a whole number of 16 bits", {
        context: { address: start + index },
      });
  }
  const values: { [N in RegisterName]?: number | null } = {};
  for (const [name, declaration] of entries) {
    const at = declaration.address - start;
    if (at < 0 || at + registerWords(declaration.type) > words.length) continue;
    values[name] = decodeRegister(declaration, words[at] as number, words[at + 1] ?? 0);
  }
  return values;
}

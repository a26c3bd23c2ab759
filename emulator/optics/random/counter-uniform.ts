import type { Uniform } from "./binomial.ts";
import { philox2x32 } from "./philox.ts";

/**
 * Uniform numbers in (0, 1) that depend on nothing but a seed and a 48-bit index, for example a gate: a stream that is
 * the same whatever was drawn before.
 */
export function counterUniform(seed: Uint32Array, index: bigint): Uniform {
  const words = new Uint32Array(2);
  philox2x32(Number(index & 0xffffffffn), Number(index >> 32n) ^ seed[1]!, seed[0]!, words);
  const key = words[0]!;
  const high = words[1]! ^ seed[2]!;
  let counter = 0;
  return () => {
    philox2x32(counter++, high, key, words);
    return ((words[0]! >>> 6) * 2 ** 27 + (words[1]! >>> 5) + 0.5) * 2 ** -53;
  };
}

import { KernelError } from "../errors/index.ts";
import { checkBytes } from "./arguments.ts";
import type { PrivacyAmplificationKernel } from "./kernels.ts";

/**
 * The hash of a block x of n bits to m: its first m bits, plus an XOR-universal hash of the bits behind them. Two-universal
 * (docs/PRIVACY-AMPLIFICATION.md): inputs that differ behind the first m bits collide as often as their hashes differ by a
 * given value, others never. Takes a hash of n - m bits instead of n, and a seed shorter in the same measure.
 *
 * Bits are counted in whole bytes here: where m is no multiple of eight, the last m mod 8 of the first bits are hashed too.
 */
export function wholeBlockHash(part: PrivacyAmplificationKernel): PrivacyAmplificationKernel {
  return {
    seedBytes: (inputBits, outputBits) => part.seedBytes(restOf(inputBits, outputBits), outputBits),
    hash(key, inputBits, outputBits, seed) {
      const rest = restOf(inputBits, outputBits);
      checkBytes("key", key, Math.ceil(inputBits / 8));
      const output = part.hash(key.subarray(outputBits >> 3), rest, outputBits, seed);
      for (let i = 0; i < output.length; i++) output[i] = output[i]! ^ key[i]!;
      const last = output.length - 1;
      if (outputBits % 8 !== 0) output[last] = output[last]! & (2 ** (outputBits % 8) - 1);
      return output;
    },
  };
}

/** Bits that are hashed. */
function restOf(inputBits: number, outputBits: number): number {
  const rest = inputBits - 8 * Math.floor(outputBits / 8);
  if (rest >= 1 || !(inputBits >= 1)) return rest;
  throw new KernelError("QKD_KERNEL_INPUT", "privacy amplification must shorten its input", {
    context: { inputBits, outputBits },
  });
}

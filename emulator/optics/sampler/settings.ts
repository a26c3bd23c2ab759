import {
  JITTER_COUNTER_AT,
  JITTER_KEY_AT,
  RECEIVER_BASIS_AT,
  RECEIVER_COUNTER_AT,
  RECEIVER_KEY_AT,
  SENDER_CHOICE_AT,
  SENDER_CHOICES,
  SENDER_COUNTER_AT,
  SENDER_KEY_AT,
  SUBSTITUTE_BASIS_AT,
  SUBSTITUTE_COUNTER_AT,
  SUBSTITUTE_FRACTION_AT,
  SUBSTITUTE_KEY_AT,
} from "../../../kernels/index.ts";
import { gateMix } from "../random/gate-mix.ts";
import { philox2x32 } from "../random/philox.ts";

const words = new Uint32Array(2);

/**
 * Alice's settings at a gate as code bits: bit 0 basis, bit 1 bit, bits 2-3 intensity. A pure function of the gate and of
 * Alice's own seed: a keyed mix of the gate's low word, new keys for each high word.
 */
export function aliceSettings(tables: Uint32Array, gateLow: number, gateHigh: number): number {
  philox2x32(gateHigh, tables[SENDER_COUNTER_AT]!, tables[SENDER_KEY_AT]!, words);
  const word = gateMix(gateLow, words[0]!, words[1]!);
  const rest = word & 0x7fffffff;
  let choice = 0;
  while (choice < SENDER_CHOICES - 1 && rest >= tables[SENDER_CHOICE_AT + choice]!) choice++;
  return (choice < 3 ? choice << 2 : ((choice - 3) << 2) | 1) | ((word >>> 31) << 1);
}

/** Alice's jitter level 0-7 at a gate, of her seed too. */
export function aliceJitter(tables: Uint32Array, gateLow: number, gateHigh: number): number {
  philox2x32(gateLow, gateHigh ^ tables[JITTER_COUNTER_AT]!, tables[JITTER_KEY_AT]!, words);
  return words[0]! & 7;
}

/**
 * Bob's settings at a gate as code bits: bit 4 basis, bit 5 the random bit that a double click becomes. A pure function
 * of the gate and of Bob's own seed: a keyed mix of the gate's low word, new keys for each high word.
 */
export function bobSettings(tables: Uint32Array, gateLow: number, gateHigh: number): number {
  philox2x32(gateHigh, tables[RECEIVER_COUNTER_AT]!, tables[RECEIVER_KEY_AT]!, words);
  const word = gateMix(gateLow, words[0]!, words[1]!);
  const basis = (word & 0x7fffffff) < tables[RECEIVER_BASIS_AT]! ? 0 : 1;
  return (basis << 4) | ((word >>> 31) << 5);
}

/** Basis in which Eve measured a gate's pulse (0 Z, 1 X), or undefined where she let it pass. */
export function eveBasis(tables: Uint32Array, gateLow: number, gateHigh: number): 0 | 1 | undefined {
  philox2x32(gateLow, gateHigh ^ tables[SUBSTITUTE_COUNTER_AT]!, tables[SUBSTITUTE_KEY_AT]!, words);
  if (words[0]! >>> 1 >= tables[SUBSTITUTE_FRACTION_AT]!) return undefined;
  return words[1]! >>> 1 < tables[SUBSTITUTE_BASIS_AT]! ? 0 : 1;
}

/**
 * State (bits 0-1) that travels on when an intercepting Eve may have measured it: the same state where she did not
 * look or guessed the basis, else her basis with a random bit.
 */
export function stateAfterEve(
  tables: Uint32Array,
  gateLow: number,
  gateHigh: number,
  aliceState: number,
): number {
  const basis = eveBasis(tables, gateLow, gateHigh);
  return basis === undefined || basis === (aliceState & 1) ? aliceState : basis | ((words[1]! & 1) << 1);
}

import { KernelError } from "../../errors/index.ts";
import type { CascadeCohort, CascadeSetup } from "../../kernels/index.ts";
import { planCascade } from "../../kernels/plan/cascade-plan.ts";
import { ReferenceFrame } from "./cascade-frame.ts";
import type { PassOrder } from "./cascade-pass.ts";
import { xoshiro } from "./xoshiro.ts";

/** Cascade on plain arrays of bits: the yardstick of the WebAssembly kernel, message for message. */
export function referenceCascade(setup: CascadeSetup): CascadeCohort {
  const plan = planCascade(setup);
  const { frameBits } = plan;
  const random = xoshiro(setup.seed);
  const shuffled = shuffle(frameBits, random);
  const subsets: Uint8Array[] = [];
  const subset = (index: number): Uint8Array => {
    while (subsets.length <= index) subsets.push(randomBits(frameBits, random));
    return subsets[index]!;
  };
  const keys: Uint8Array[] = [];
  const frames: ReferenceFrame[] = [];
  for (let f = 0; f < plan.frames; f++) {
    const length = f === plan.frames - 1 ? plan.lastFrameBits : frameBits;
    const key = Uint8Array.from({ length }, (_, i) => {
      const at = f * frameBits + i;
      return (setup.key[at >> 3]! >> (at & 7)) & 1;
    });
    const permuted = shuffled.filter((bit) => bit < length);
    const slotOf = new Int32Array(length);
    permuted.forEach((bit, slot) => {
      slotOf[bit] = slot;
    });
    const order = (pass: number): PassOrder => {
      if (pass === 0) return inPlace(length, plan.firstBlock);
      if (pass === 1) return permutedOrder(permuted, slotOf, plan.secondBlock);
      const { cellPlanes } = plan;
      if (pass === 2)
        return cellOrder(
          Array.from({ length: cellPlanes }, (_, i) => subset(i)),
          frameBits,
          length,
        );
      return cellOrder([subset(cellPlanes + pass - 3)], frameBits, length);
    };
    keys.push(key);
    frames.push(new ReferenceFrame(key, setup.role === "bob", order));
  }
  let own: number[][] | undefined;
  let disclosedBits = 0;
  let rounds = 0;
  return {
    frames: plan.frames,
    frameBits,
    get done() {
      return frames.every((frame) => frame.done);
    },
    get disclosedBits() {
      return disclosedBits;
    },
    get rounds() {
      return rounds;
    },
    get corrected() {
      return frames.reduce((sum, frame) => sum + frame.corrected, 0);
    },
    emit() {
      if (own === undefined) {
        own = frames.map((frame) => frame.emit());
        disclosedBits += own.reduce((sum, bits) => sum + bits.length, 0);
      }
      return pack(own.flat());
    },
    absorb(peer) {
      if (own === undefined) throw new KernelError("QKD_KERNEL_LOCKSTEP", "absorb was called before emit");
      const expected = Math.ceil(own.flat().length / 8);
      if (peer.length !== expected)
        throw new KernelError("QKD_KERNEL_LOCKSTEP", "the peer's parities have the wrong length", {
          context: { bytes: peer.length, expected },
        });
      let at = 0;
      const differs = own.map((bits) =>
        bits.map((bit) => {
          const other = (peer[at >> 3]! >> (at & 7)) & 1;
          at++;
          return bit ^ other;
        }),
      );
      own = undefined;
      rounds++;
      frames.forEach((frame, f) => {
        frame.absorb(differs[f]!);
      });
    },
    extend(passes) {
      for (const frame of frames) frame.extend(passes);
    },
    result(into) {
      const key = pack(keys.flatMap((bits) => Array.from(bits)));
      into?.set(key);
      return into?.subarray(0, key.length) ?? key;
    },
    free() {},
  };
}

const inPlace = (slots: number, block: number): PassOrder => ({
  slots,
  block,
  subset: false,
  slotOf: (bit) => bit,
  bitIn: (slot) => slot,
});

const permutedOrder = (permuted: readonly number[], slotOf: Int32Array, block: number): PassOrder => ({
  slots: permuted.length,
  block,
  subset: false,
  slotOf: (bit) => slotOf[bit]!,
  bitIn: (slot) => permuted[slot]!,
});

/** Slot = cell * frameBits + bit, where the cell's number is made of the bit's entries in the masks. */
const cellOrder = (masks: readonly Uint8Array[], frameBits: number, length: number): PassOrder => {
  const cellOf = (bit: number) => masks.reduce((cell, mask, plane) => cell | (mask[bit]! << plane), 0);
  return {
    slots: frameBits << masks.length,
    block: frameBits,
    subset: true,
    slotOf: (bit) => cellOf(bit) * frameBits + bit,
    bitIn: (slot) => {
      const bit = slot % frameBits;
      return bit < length && cellOf(bit) === Math.floor(slot / frameBits) ? bit : -1;
    },
  };
};

function shuffle(length: number, random: () => number): number[] {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor((random() * (i + 1)) / 2 ** 32);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function randomBits(length: number, random: () => number): Uint8Array {
  const bits = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) {
    const word = random();
    for (let i = 0; i < 32; i++) bits[at + i] = (word >>> i) & 1;
  }
  return bits;
}

function pack(bits: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    bytes[i >> 3]! |= bit << (i & 7);
  });
  return bytes;
}

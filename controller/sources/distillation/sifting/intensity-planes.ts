import type { PlaneSpace } from "../../../../kernels/index.ts";

/**
 * Intensities of sifted bits as they travel: one plane that marks all but the signal, and, for the marked bits alone,
 * one that tells vacuum from decoy. Decoys are rare, so this is little more than a bit a detection instead of two.
 */
export interface IntensityPlanes {
  readonly bits: number;
  /** One where the intensity is not u. */
  readonly decoy: Uint8Array;
  /** Ones in `decoy`. */
  readonly decoys: number;
  /** For each of them: one where it is w. */
  readonly vacuum: Uint8Array;
}

/** Slots of a plane space that hold the intensities of some bits. */
export interface IntensitySlots {
  readonly decoy: number;
  readonly vacuum: number;
}

/** From code planes (0 = u, 1 = v, 2 = w); null where the code 3, which means nothing, occurs. */
export function encodeIntensities(
  space: PlaneSpace,
  code: { readonly low: number; readonly high: number },
  slots: IntensitySlots,
): { readonly decoys: number } | null {
  space.combine("either", code.low, code.high, slots.decoy);
  const decoys = space.compact(slots.decoy, code.high, 1, slots.vacuum);
  return space.ones(code.low) + space.ones(code.high) === decoys ? { decoys } : null;
}

/** Puts planes that came from the peer into the space; false where they do not fit together. */
export function putIntensities(space: PlaneSpace, planes: IntensityPlanes, slots: IntensitySlots): boolean {
  space.put(slots.decoy, planes.decoy, planes.bits);
  if (space.ones(slots.decoy) !== planes.decoys) return false;
  space.put(slots.vacuum, planes.vacuum, planes.decoys);
  return true;
}

/** Bits of each intensity u, v, w. */
export function countIntensities(space: PlaneSpace, bits: number, slots: IntensitySlots): readonly number[] {
  const decoys = space.ones(slots.decoy);
  const vacua = space.ones(slots.vacuum);
  return [bits - decoys, decoys - vacua, vacua];
}

/** Errors of each intensity: ones of `wrong`. Uses the slot `marked`. */
export function countErrors(
  space: PlaneSpace,
  wrong: number,
  slots: IntensitySlots,
  marked: number,
): readonly number[] {
  space.compact(slots.decoy, wrong, 1, marked);
  const [all, markedErrors] = [space.ones(wrong), space.ones(marked)];
  space.combine("both", marked, slots.vacuum, marked);
  const vacuumErrors = space.ones(marked);
  return [all - markedErrors, markedErrors - vacuumErrors, vacuumErrors];
}

import { type BitStream, bitStream } from "../../statistics/parity.ts";
import { coins } from "./coins.ts";
import { UNSEEN } from "./every-gate.ts";

const basis = (code: number) => code & 1;
const bit = (code: number) => (code >>> 1) & 1;
const level = (code: number) => (code >>> 2) & 3;
const bobBasis = (code: number) => (code >>> 4) & 1;
const bobBit = (code: number) => (code >>> 5) & 1;

/** A bit of a gate's settings, or undefined where these leave it open. */
const BITS: Readonly<Record<string, (code: number) => number | undefined>> = {
  "Alice's basis": basis,
  "Alice's bit": bit,
  "signal or not": (code) => Number(level(code) === 0),
  "decoy or vacuum": (code) => (level(code) === 0 ? undefined : level(code) - 1),
  "Bob's basis": bobBasis,
  "Bob's bit in the other basis": (code) => (basis(code) === bobBasis(code) ? undefined : bobBit(code)),
};

/**
 * Settings of consecutive gates of the link of `everyGate` as six streams of bits that are fair and independent of each
 * other and of all earlier ones if the settings are. What is open or was not seen is tossed, which keeps that true.
 */
export function settingBits(codes: Uint8Array, seed: bigint): BitStream[] {
  return Object.entries(BITS).map(([name, of], index) => {
    const open = coins(seed + BigInt(index), codes.length);
    return bitStream(
      name,
      codes.map((code, gate) => (code === UNSEEN ? open[gate]! : (of(code) ?? open[gate]!))),
    );
  });
}

/**
 * The same for detections in their order on a usual link with even bases and bits, afterpulses off: a detection's bits are
 * fair given all earlier ones, but not given each other.
 */
export function detectionBits(codes: Uint8Array): BitStream[] {
  const of = { "Alice's basis": basis, "Alice's bit": bit, "Bob's basis": bobBasis, "Bob's bit": bobBit };
  return Object.entries(of).map(([name, choice]) => bitStream(name, codes.map(choice)));
}

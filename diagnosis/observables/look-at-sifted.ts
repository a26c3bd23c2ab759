import { chargePerClick, DISPERSION, errorScatter, LEAST_SLICES, rootOfRare } from "./counted.ts";
import type { Look, ObservableName, Seen } from "./observables.ts";

/**
 * Counts of a block that two sites sifted, which both know: sums alone, no bit of any of them. Lists by basis * 3 +
 * intensity; the sifted bits of both ends are of the same basis.
 */
export interface SiftedCounts {
  readonly gates: number;
  readonly detections: number;
  readonly sent: readonly number[];
  readonly sifted: readonly number[];
  readonly errors: readonly number[];
  /** Null where nobody told them. */
  readonly doubleClicks: number | null;
  /** Mean current of the data detectors, nA. */
  readonly photocurrentNa: number | null;
  /** Alice's sifted bits of each basis that are 1. */
  readonly ones: readonly [number, number] | null;
}

/** Sums of the counts of several blocks; the current is their mean over the gates. */
export function joinSifted(blocks: readonly SiftedCounts[]): SiftedCounts {
  const total = (of: (block: SiftedCounts) => number) => blocks.reduce((sum, block) => sum + of(block), 0);
  const list = (of: (block: SiftedCounts) => readonly number[]) =>
    Array.from({ length: 6 }, (_, index) => total((block) => of(block)[index] ?? 0));
  const told = (of: (block: SiftedCounts) => unknown) => blocks.every((block) => of(block) !== null);
  const gates = total((block) => block.gates);
  return {
    gates,
    detections: total(({ detections }) => detections),
    sent: list(({ sent }) => sent),
    sifted: list(({ sifted }) => sifted),
    errors: list(({ errors }) => errors),
    doubleClicks: told((block) => block.doubleClicks) ? total((block) => block.doubleClicks ?? 0) : null,
    photocurrentNa:
      gates > 0 && told((block) => block.photocurrentNa)
        ? total((block) => (block.photocurrentNa ?? 0) * block.gates) / gates
        : null,
    ones: told((block) => block.ones)
      ? [total(({ ones }) => ones?.[0] ?? 0), total(({ ones }) => ones?.[1] ?? 0)]
      : null,
  };
}

/**
 * Probability that Bob measures in Z. Signal pulses of both bases reach him alike, so sifted bits per pulse sent add up to
 * the gain, and his share of Z is that of Z in the sum. Undefined where one of the bases was never sent, or nothing arrived.
 */
export function bobsZOf({ sent, sifted }: Pick<SiftedCounts, "sent" | "sifted">): number | undefined {
  const rate = (basis: number) => (sifted[3 * basis] ?? 0) / (sent[3 * basis] ?? 0);
  const [z, x] = [rate(0), rate(1)];
  const share = z / (z + x);
  return Number.isFinite(share) && share > 0 && share < 1 ? share : undefined;
}

/**
 * What the blocks of a running link show, on the same scale as what its frames show to somebody who holds both halves.
 * Unrest of the errors needs eight blocks. `clockHz` turns currents into charges.
 */
export function lookAtSifted(blocks: readonly SiftedCounts[], clockHz: number): Look {
  const look: Partial<Record<ObservableName, Seen>> = {};
  const put = (name: ObservableName, seen: Seen | undefined): void => {
    if (seen !== undefined && Number.isFinite(seen.value) && Number.isFinite(seen.u)) look[name] = seen;
  };
  const all = joinSifted(blocks);
  const { gates, doubleClicks, photocurrentNa, ones } = all;
  const bobsZ = bobsZOf(all);
  if (bobsZ !== undefined) {
    const [u, v, w] = [0, 1, 2].map((k) => gainOf(all, k, bobsZ));
    put("signalGain", u);
    if (u !== undefined && v !== undefined)
      put("decoyRatio", { value: v.value - u.value, u: Math.hypot(u.u, v.u) });
    put("vacuumGain", w);
  }
  const [z, x] = [errorRate(all, 0), errorRate(all, 1)];
  put("qberZ", z);
  put("qberX", x);
  if (gates > 0 && doubleClicks !== null) put("doubleClicks", rootOfRare(doubleClicks, gates));
  if (ones !== null) put("zeroShare", zeroShareOf(all, ones));
  if (photocurrentNa !== null && doubleClicks !== null)
    put("chargePerClick", chargePerClick({ ...all, clicks: clicksOf(all), photocurrentNa }, clockHz));
  if (blocks.length >= LEAST_SLICES)
    put(
      "errorScatter",
      errorScatter(blocks.map(({ sifted, errors }) => ({ matched: sum(sifted), errors: sum(errors) }))),
    );
  return look;
}

const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0);

/** A gate with a double click is one detection and two clicks; which detector counted which does not matter to the sum. */
const clicksOf = ({ detections, doubleClicks }: SiftedCounts): readonly [number, number] => [
  detections,
  doubleClicks ?? 0,
];

function gainOf({ sent, sifted }: SiftedCounts, k: number, bobsZ: number): Seen | undefined {
  const matched = (sent[k] ?? 0) * bobsZ + (sent[3 + k] ?? 0) * (1 - bobsZ);
  if (matched === 0) return undefined;
  const clicks = (sifted[k] ?? 0) + (sifted[3 + k] ?? 0) + 0.5;
  return { value: Math.log(clicks / matched), u: Math.sqrt(DISPERSION / clicks) };
}

function errorRate({ sifted, errors }: SiftedCounts, basis: number): Seen | undefined {
  const of = (list: readonly number[]) => sum(list.slice(3 * basis, 3 * basis + 3));
  const [matched, wrong] = [of(sifted), of(errors)];
  if (matched === 0) return undefined;
  return { value: wrong / matched, u: Math.sqrt((DISPERSION * (wrong + 1)) / matched ** 2) };
}

/**
 * Share of detector 0, whose clicks are Bob's zeros, from Alice's bits: where a share q of the bits is wrong, her zeros are
 * those clicks of his that are right and the wrong ones of the other detector.
 */
function zeroShareOf({ sifted, errors }: SiftedCounts, ones: readonly [number, number]): Seen | undefined {
  const matched = sum(sifted);
  const wrong = sum(errors) / matched;
  if (matched === 0 || wrong >= 0.4) return undefined;
  const zeros = 1 - sum(ones) / matched;
  return {
    value: (zeros - wrong) / (1 - 2 * wrong),
    u: (0.5 * Math.sqrt(DISPERSION / matched)) / (1 - 2 * wrong),
  };
}

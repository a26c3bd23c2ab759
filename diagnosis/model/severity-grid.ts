/** Midpoints of `count` equal parts of a range. */
export function even(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + ((to - from) * (index + 0.5)) / count);
}

/** The same with equal ratios: a severity is as likely in each octave. */
export const octaves = (from: number, to: number, count: number): number[] =>
  even(Math.log(from), Math.log(to), count).map(Math.exp);

/** Both signs. */
export const bothWays = (values: readonly number[]): number[] => [
  ...values,
  ...values.map((value) => -value),
];

/** Every combination: a severity and what else is not known. */
export function grid(...axes: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return axes.reduce<readonly (readonly number[])[]>(
    (points, axis) => points.flatMap((point) => axis.map((value) => [...point, value])),
    [[]],
  );
}

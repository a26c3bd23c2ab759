/**
 * Numbers that are normally distributed, the same for every run: the limit of a report must not depend on chance.
 * A Weyl sequence (Niederreiter 1978) through the Box-Muller transform.
 */
export function normalDraws(count: number, dimensions: number): readonly (readonly number[])[] {
  const steps = Array.from({ length: 2 * dimensions }, (_, index) => Math.sqrt(PRIMES[index] ?? 1) % 1);
  return Array.from({ length: count }, (_, draw) =>
    Array.from({ length: dimensions }, (_, dimension) => {
      const [a = 0, b = 0] = [steps[2 * dimension], steps[2 * dimension + 1]];
      const [first, second] = [((draw + 1) * a) % 1, ((draw + 1) * b) % 1];
      return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
    }),
  );
}

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];

import { ALL_TESTS } from "./all-tests.ts";

/** Tests that look at the same samples stay together; the longest come first, so that threads finish together. */
const TOGETHER: readonly (readonly number[])[] = [
  [4, 5, 10, 9, 11, 26],
  [22],
  [21],
  [20],
  [24],
  [25],
  [1, 2, 3, 6],
  [16],
  [14],
  [8],
  [15],
  [12],
  [19],
  [17],
  [7],
  [18],
  [13],
];

/** The wanted tests in groups, each to be run by one thread; a test that is in no group makes one of its own. */
export function schedule(wanted: ReadonlySet<number>): number[][] {
  const grouped = new Set(TOGETHER.flat());
  const alone = ALL_TESTS.map(({ number }) => number).filter((number) => !grouped.has(number));
  return [...TOGETHER, ...alone.map((number) => [number])]
    .map((group) => group.filter((number) => wanted.has(number)))
    .filter((group) => group.length > 0);
}

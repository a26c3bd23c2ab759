/** A fraction as text for people. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}

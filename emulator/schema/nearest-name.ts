/** Names further away than this many letters are other words, no slips of the pen. */
const MOST_SLIPS = 3;

/** The known name that `name` was probably meant to be, or undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Math.min(MOST_SLIPS, Math.floor(name.length / 2)) + 1;
  for (const one of known) {
    // A hostile name may be long; no known one is.
    if (Math.abs(name.length - one.length) >= least) continue;
    const slips = distance(name.toLowerCase(), one.toLowerCase());
    if (slips >= least) continue;
    least = slips;
    nearest = one;
  }
  return nearest;
}

/** Levenshtein's distance: letters to insert, remove or replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === to[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

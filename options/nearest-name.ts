/** The name that was most likely meant: differs in a third of its letters at most, case aside; null for none. */
export function nearestName(typed: string, known: readonly string[]): string | null {
  if (typed.length > 64) return null;
  const wanted = typed.toLowerCase();
  let best: string | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const edits = distance(wanted, name.toLowerCase());
    if (edits < fewest && edits <= Math.max(1, Math.floor(name.length / 3))) {
      best = name;
      fewest = edits;
    }
  }
  return best;
}

/** Letters put in, left out, replaced or swapped with their neighbour. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
          ? (before[j - 2] ?? 0) + 1
          : replaced;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}

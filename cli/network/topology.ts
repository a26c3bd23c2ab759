/** The part of a network that its shape depends on. */
export interface Shape {
  readonly nodes: readonly string[];
  readonly links: readonly {
    readonly id: string;
    readonly ends: readonly [string, string];
    readonly km: number;
  }[];
}

/** What a network is like without its equipment. */
export interface ShapeFigures {
  readonly fibreKm: number;
  readonly pairs: number;
  /** Links on the shortest way between two nodes, over all pairs that have one. */
  readonly meanHops: number;
  readonly maxHops: number;
}

/** Figures of a network's shape. Pure. */
export function shapeFigures(shape: Shape): ShapeFigures {
  const hops = pairsOf(shape.nodes)
    .map(([from, to]) => hopsFrom(shape, from).get(to))
    .filter((each) => each !== undefined);
  return {
    fibreKm: Number(shape.links.reduce((sum, { km }) => sum + km, 0).toFixed(3)),
    pairs: pairsOf(shape.nodes).length,
    meanHops: hops.reduce((sum, each) => sum + each, 0) / Math.max(1, hops.length),
    maxHops: Math.max(0, ...hops),
  };
}

/** Every pair of nodes once, in the order of the list. */
export function pairsOf(nodes: readonly string[]): readonly (readonly [string, string])[] {
  return nodes.flatMap((first, index) => nodes.slice(index + 1).map((second) => [first, second] as const));
}

/** Whether every node still reaches every other one without these links. */
export function holdsTogether(shape: Shape, without: ReadonlySet<string> = new Set()): boolean {
  const [first] = shape.nodes;
  return first === undefined || hopsFrom(shape, first, without).size === shape.nodes.length;
}

/** Of all choices of `count` links: how many there are, and how many of them would split the network if they were cut. */
export function splittingCuts(
  shape: Shape,
  count: number,
): { readonly choices: number; readonly split: number } {
  let choices = 0;
  let split = 0;
  const choose = (from: number, chosen: readonly string[]): void => {
    if (chosen.length === count) {
      choices += 1;
      if (!holdsTogether(shape, new Set(chosen))) split += 1;
      return;
    }
    for (let index = from; index < shape.links.length; index += 1)
      choose(index + 1, [...chosen, shape.links[index]?.id ?? ""]);
  };
  choose(0, []);
  return { choices, split };
}

function hopsFrom(
  { links }: Shape,
  start: string,
  without: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, number> {
  const hops = new Map([[start, 0]]);
  const waiting = [start];
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift())
    for (const { id, ends } of links) {
      if (without.has(id) || !ends.includes(node)) continue;
      const far = ends[0] === node ? ends[1] : ends[0];
      if (hops.has(far)) continue;
      hops.set(far, (hops.get(node) ?? 0) + 1);
      waiting.push(far);
    }
  return hops;
}

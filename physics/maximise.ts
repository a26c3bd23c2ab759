/**
 * Point of a box where `value` is greatest, by the downhill simplex of Nelder and Mead on the mirrored function, started at
 * `start` and restarted around its result. Deterministic; finds a local maximum. Points outside the box are pulled onto it.
 */
export function maximise(
  value: (point: readonly number[]) => number,
  start: readonly number[],
  box: readonly (readonly [low: number, high: number])[],
  steps: number,
): readonly number[] {
  const pull = (point: readonly number[]) =>
    point.map((x, axis) => Math.min(box[axis]?.[1] ?? x, Math.max(box[axis]?.[0] ?? x, x)));
  let best: readonly number[] = pull(start);
  for (const reach of [0.25, 0.08, 0.02]) {
    best = climb(value, best, box, reach, steps, pull);
  }
  return best;
}

interface Vertex {
  readonly point: readonly number[];
  readonly height: number;
}

function climb(
  value: (point: readonly number[]) => number,
  start: readonly number[],
  box: readonly (readonly [number, number])[],
  reach: number,
  steps: number,
  pull: (point: readonly number[]) => readonly number[],
): readonly number[] {
  const at = (point: readonly number[]): Vertex => {
    const inside = pull(point);
    return { point: inside, height: value(inside) };
  };
  const simplex = [at(start)];
  for (const [axis, [low, high]] of box.entries()) {
    const step = reach * (high - low);
    const up = (start[axis] ?? 0) + step <= high;
    simplex.push(at(start.map((x, index) => (index === axis ? x + (up ? step : -step) : x))));
  }
  for (let step = 0; step < steps; step++) {
    simplex.sort((a, b) => b.height - a.height);
    const worst = simplex[simplex.length - 1] as Vertex;
    const second = simplex[simplex.length - 2] as Vertex;
    const top = simplex[0] as Vertex;
    const others = simplex.slice(0, -1);
    const centre = start.map(
      (_, axis) => others.reduce((sum, v) => sum + (v.point[axis] ?? 0), 0) / others.length,
    );
    const along = (factor: number) =>
      at(centre.map((c, axis) => c + factor * ((worst.point[axis] ?? 0) - c)));
    const reflected = along(-1);
    let next = reflected;
    if (reflected.height > top.height) {
      const expanded = along(-2);
      if (expanded.height > reflected.height) next = expanded;
    } else if (reflected.height <= second.height) {
      next = along(reflected.height > worst.height ? -0.5 : 0.5);
    }
    if (next.height > worst.height) simplex[simplex.length - 1] = next;
    else {
      for (let index = 1; index < simplex.length; index++) {
        const vertex = simplex[index] as Vertex;
        simplex[index] = at(vertex.point.map((x, axis) => ((top.point[axis] ?? 0) + x) / 2));
      }
    }
  }
  return simplex.reduce((a, b) => (b.height > a.height ? b : a)).point;
}

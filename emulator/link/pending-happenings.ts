import type { Happening } from "../happenings/happenings.ts";
import type { Change } from "../happenings/link-state/link-state.ts";

/** A step of a happening that is still to come. */
export type PendingStep = {
  /** Seconds of link time; of the wires' own time where a wire's fault ends. */
  readonly atS: number;
  readonly event: Happening;
  /** What the happening holds: the next one that holds the same replaces it. */
  readonly thing: string | undefined;
  /** The happening is over with it, because its `for` has passed. */
  readonly isEnd?: true;
} & ({ readonly change: Change } | { readonly wireKey: string });

/** Link time is a sum of many small steps, and rounded as often. */
const ROUNDING_S = 1e-6;

type End = Extract<Happening, { event: "end" }>;

/** What happenings on a running link have still to do, in the order of time. */
export class PendingHappenings {
  #steps: readonly PendingStep[] = [];

  /** How many steps are still to come. */
  get size(): number {
    return this.#steps.length;
  }

  add(steps: readonly PendingStep[]): void {
    this.#steps = [...this.#steps, ...steps].sort((a, b) => a.atS - b.atS);
  }

  /** Forgets what earlier happenings with the same thing would have done. */
  replace(thing: string | undefined): void {
    if (thing !== undefined) this.#steps = this.#steps.filter((one) => one.thing !== thing);
  }

  /** Forgets what is over before its time. */
  end(over: End): void {
    this.#steps = this.#steps.filter(({ event }) => event.event !== over.of || !concerns(over, event));
  }

  /** Takes out what is due. */
  due(linkS: number, wireS: number): readonly PendingStep[] {
    const isDue = (one: PendingStep): boolean => one.atS <= ("wireKey" in one ? wireS : linkS) + ROUNDING_S;
    const due = this.#steps.filter(isDue);
    if (due.length > 0) this.#steps = this.#steps.filter((one) => !isDue(one));
    return due;
  }
}

/** Whether an end means this happening: where it names site, port or channel, they have to be the same. */
function concerns(over: End, event: Happening): boolean {
  const own = event as Readonly<Partial<Record<string, unknown>>>;
  const same = (field: "site" | "port" | "channel"): boolean =>
    over[field] === undefined || own[field] === over[field];
  return same("site") && same("port") && same("channel");
}

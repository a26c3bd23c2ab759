import type { AnyDeclaration, Declaration } from "./declaration.ts";
import { end } from "./end.ts";
import { fibreLoss } from "./fibre/fibre-loss.ts";
import type { Fields, ValuesOf } from "./field.ts";
import { CHANNEL_SETTINGS } from "./settings/channel-settings.ts";
import { LIGHT_SETTINGS } from "./settings/light-settings.ts";
import { TIMELINE_HAPPENINGS } from "./timeline-happenings.ts";

/** Everything that can happen to an emulated link, by its name. */
export const HAPPENINGS = {
  ...TIMELINE_HAPPENINGS,
  end,
  fibreLoss,
  ...LIGHT_SETTINGS,
  ...CHANNEL_SETTINGS,
} as const;

type For<L> = L extends "always"
  ? { readonly for: string }
  : L extends "maybe"
    ? { readonly for?: string }
    : unknown;

/** What callers write for one declaration: the event's name, its members, `for` and `over` where it takes them. */
export type HappeningOf<D> =
  D extends Declaration<infer N, infer F extends Fields, infer L, infer M>
    ? { readonly event: N } & ValuesOf<F> & For<L> & (M extends true ? { readonly over?: string } : unknown)
    : never;

type Of<T> = { [N in keyof T]: HappeningOf<T[N]> }[keyof T];

/**
 * Something that happens to an emulated link: an event of a scenario's timeline without its `at`, or a setting. `for` and
 * `over` are link time from now on.
 */
export type Happening = Of<typeof HAPPENINGS>;

/** An event as a timeline has it. */
export type TimelineHappening = Of<typeof TIMELINE_HAPPENINGS>;

/** Name of a happening. */
export type HappeningName = keyof typeof HAPPENINGS;

/** The declaration of a happening that was checked before. */
export function declarationOf({ event }: { readonly event: HappeningName }): AnyDeclaration {
  return HAPPENINGS[event];
}

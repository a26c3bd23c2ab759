import type { Quantity } from "./course.ts";
import type { Change } from "./link-state.ts";

/** Where the loss of a connector stands among the losses. */
export const connectorKey = (name: string): string => `connector ${name}`;

/** The loss that stands under a key. */
export const lossOf = (key: string): Quantity => ({
  get: (state) => state.lossesDb[key] ?? 0,
  set: (state, value) => ({ ...state, lossesDb: { ...state.lossesDb, [key]: value } }),
});

/** Takes one loss away, or without its key all that an event of this name has brought. */
export function withoutLoss(event: string, key: string | undefined): Change {
  const goes = (one: string): boolean => (key === undefined ? one.startsWith(`${event} `) : one === key);
  return (state) => ({
    ...state,
    lossesDb: Object.fromEntries(Object.entries(state.lossesDb).filter(([one]) => !goes(one))),
  });
}

import {
  type EventView,
  type Explanation,
  type HistoryPoint,
  historyPoint,
  type KpiView,
  type LiveView,
  type SiteView,
} from "../../controller/outlets/api/index.ts";

/** Everything that the page knows. */
export interface PageState {
  readonly site: SiteView | null;
  readonly live: LiveView | null;
  readonly points: readonly HistoryPoint[];
  readonly events: readonly EventView[];
  readonly quarters: KpiView | null;
  readonly explanation: Explanation | null;
  /** `performance.now` when the site was heard last. */
  readonly heardMs: number | null;
  /** The site asks for the token. */
  readonly locked: boolean;
}

/** What comes in. */
export type PageInput =
  | {
      readonly type: "all";
      readonly nowMs: number;
      readonly site: SiteView;
      readonly live: LiveView;
      readonly points: readonly HistoryPoint[];
      readonly events: readonly EventView[];
      readonly explanation: Explanation | null;
    }
  | { readonly type: "live"; readonly nowMs: number; readonly live: LiveView }
  | { readonly type: "event"; readonly event: EventView }
  | { readonly type: "explanation"; readonly explanation: Explanation }
  | { readonly type: "quarters"; readonly quarters: KpiView }
  | { readonly type: "locked" };

export const EMPTY_PAGE: PageState = {
  site: null,
  live: null,
  points: [],
  events: [],
  quarters: null,
  explanation: null,
  heardMs: null,
  locked: false,
};

const WINDOW_MS = 30 * 60_000;
const STEP_MS = 1900;
const MOST_EVENTS = 256;
/** The site speaks once a second; what is older than this says nothing about now. */
export const STALE_MS = 4000;

/** The page after one more input. Pure. */
export function pageStep(state: PageState, input: PageInput): PageState {
  switch (input.type) {
    case "all": {
      const { nowMs, site, live, points, events, explanation } = input;
      return { ...state, site, live, points, events, explanation, heardMs: nowMs, locked: false };
    }
    case "live": {
      const { live, nowMs } = input;
      return { ...state, live, heardMs: nowMs, points: withPoint(state.points, live) };
    }
    case "event": {
      const others = state.events.filter(({ number }) => number !== input.event.number);
      return { ...state, events: [...others, input.event].slice(-MOST_EVENTS) };
    }
    case "explanation":
      return { ...state, explanation: input.explanation };
    case "quarters":
      return { ...state, quarters: input.quarters };
    case "locked":
      return { ...state, locked: true };
  }
}

function withPoint(points: readonly HistoryPoint[], { health, pool }: LiveView): readonly HistoryPoint[] {
  const last = points.at(-1);
  if (last !== undefined && health.atMs - last.atMs < STEP_MS) return points;
  const point = historyPoint(health, pool);
  const from = points.findIndex((one) => point.atMs - one.atMs <= WINDOW_MS);
  return [...(from === -1 ? [] : points.slice(from)), point];
}

// What the dashboard's server tells and its page reads. Types alone; none of them holds keys or bit planes.
export type * from "./alarm-view.ts";
export type * from "./explanation.ts";
export type * from "./kpi-view.ts";
export type * from "./live-view.ts";
export type * from "./site-view.ts";

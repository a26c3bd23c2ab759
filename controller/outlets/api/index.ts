// What the dashboard's server tells and its page reads; no type holds keys or bit planes, and nothing here needs more than the language.
export type * from "./alarm-view.ts";
export type * from "./explanation.ts";
export { historyPoint } from "./history-point.ts";
export type * from "./kpi-view.ts";
export type * from "./live-view.ts";
export type * from "./site-view.ts";

// What explains a running site also explains units and recordings.
export { healthIndicators, type RaisedIndicator } from "./health-indicators.ts";
export { linkCounters } from "./link-counters.ts";
export { linkReadings } from "./link-readings.ts";

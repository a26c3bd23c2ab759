// What a site's file says of the bus is judged before a site runs.
export { type BusOptions, checkBus } from "./bus-options.ts";

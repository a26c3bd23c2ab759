export { isStale } from "./stale-output.ts";

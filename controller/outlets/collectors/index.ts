// What a site's file says of collectors is judged before a site runs.
export { type AlarmOptions, checkAlarms } from "./alarm-options.ts";
export { collectorAddress } from "./syslog-options.ts";

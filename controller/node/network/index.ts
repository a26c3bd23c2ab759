// What a network file says is judged before a node runs.
export { linkSettings } from "./link-settings.ts";
export { type NetworkDraft, type NetworkRemark, networkRemarks } from "./network-remarks.ts";
export { pairFault } from "./pair-fault.ts";

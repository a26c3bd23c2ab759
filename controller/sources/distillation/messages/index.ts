export * from "./closing-messages.ts";
export * from "./cohort-messages.ts";
export { isDistillationKind, KIND } from "./kinds.ts";
export * from "./session-messages.ts";
export * from "./sift-messages.ts";

export type { OpticsConditions } from "./optics/conditions.ts";
export type { OpticsControl } from "./optics/control.ts";
export { createOptics, type OpticsSetup } from "./optics/create-optics.ts";
export type * from "./optics/optics.ts";
export { CAUSE, type EmittedPulse, type FrameTruth, type GateTruth } from "./optics/truth/frame-truth.ts";

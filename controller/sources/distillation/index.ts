export type { BlockReport, LoadShare } from "./block-report.ts";
export { DistillationEngine, type EngineParts } from "./engine/distillation-engine.ts";
export type * from "./engine-io.ts";
export type { FrameFacts } from "./frame-facts.ts";
export {
  type ConnectedDistillation,
  type ConnectedDistillationOptions,
  createConnectedDistillation,
  createDistillation,
  type Distillation,
  type DistillationBasics,
  type DistillationOptions,
  type DistilledBlock,
} from "./host/distillation-host.ts";
export { type AgreedSettings, agreedSettings, type DistillationSettings } from "./settings.ts";

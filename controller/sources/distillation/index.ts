export type { BlockReport, LoadShare } from "./block-report.ts";
export { DistillationEngine, type EngineParts } from "./engine/distillation-engine.ts";
export type * from "./engine-io.ts";
export type { FrameFacts } from "./frame-facts.ts";
export {
  type ConnectedDistillation,
  type ConnectedDistillationOptions,
  createConnectedDistillation,
  createDistillation,
  type DistillationOptions,
} from "./host/create-distillation.ts";
export type { Distillation, DistillationBasics, DistilledBlock } from "./host/distillation.ts";
export {
  type AgreedSettings,
  agreedSettings,
  type DistillationSettings,
  SETTINGS_RULES,
} from "./settings.ts";

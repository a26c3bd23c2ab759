export type * from "./engine.ts";
export type * from "./engine-io.ts";
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
export { AliceEngine } from "./session/alice-engine.ts";
export { BobEngine } from "./session/bob-engine.ts";
export type { EngineParts } from "./session/session-engine.ts";
export { type AgreedSettings, agreedSettings } from "./settings.ts";

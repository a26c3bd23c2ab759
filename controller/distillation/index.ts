export { AliceEngine } from "./alice-engine.ts";
export { BobEngine } from "./bob-engine.ts";
export type * from "./engine.ts";
export type * from "./engine-io.ts";
export type { EngineParts } from "./session-engine.ts";

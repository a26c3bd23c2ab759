export * from "./controller/index.ts";
export * from "./drivers/index.ts";
export * from "./errors/index.ts";

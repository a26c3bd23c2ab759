export type * from "./link-parameters.ts";

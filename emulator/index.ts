export type * from "./optics/optics.ts";

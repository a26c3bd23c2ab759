import type { ReplyOf } from "../../protocol/index.ts";

type Listed = ReplyOf<"listParameters">["parameters"][number];

/** A setting that a lease's end puts back, as `listParameters` gives it. */
export const GATE_DELAY: Listed = {
  id: 0x22,
  name: "gateDelayPs",
  type: "real",
  unit: "ps",
  min: -50,
  max: 50,
  access: "readWrite",
  value: 0,
};

/** A setting that stays. */
export const DEAD_TIME: Listed = {
  id: 0x23,
  name: "deadTimeGates",
  type: "integer",
  unit: "gates",
  min: 0,
  max: 9,
  access: "readWrite",
  value: 1,
};

import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { damageOf, direction, onLine, way } from "./wire-fields.ts";

/** The line is slow. */
export const trickle = happening({
  event: "trickle",
  says: "bytes pass slowly, one by one",
  fields: {
    ...onLine,
    bytesPerSecond: field.number({ min: 1, max: 1e6 }, "rate, bytes a second"),
    direction,
  },
  lasts: "maybe",
  formerly: "wire",
  holds: damageOf("trickle"),
  wire: (event) => ({ type: "trickle", bytesPerSecond: event.bytesPerSecond, ...way(event.direction) }),
});

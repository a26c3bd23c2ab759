import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { damageOf, direction, onLine, way } from "./wire-fields.ts";

/** Bytes are damaged one by one. */
export const bitFlips = happening({
  event: "bitFlips",
  says: "bits are inverted at random",
  fields: {
    ...onLine,
    perByte: field.number({ min: 0, max: 1, openMin: true }, "probability that a byte has one bit inverted"),
    direction,
  },
  lasts: "maybe",
  formerly: "wire",
  holds: damageOf("bitFlips"),
  wire: (event) => ({ type: "bitFlips", perByte: event.perByte, ...way(event.direction) }),
});

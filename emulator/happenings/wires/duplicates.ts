import { happening } from "../declaration.ts";
import { damageOf, direction, onLine, probability, way } from "./wire-fields.ts";

/** What is sent arrives twice. */
export const duplicates = happening({
  event: "duplicates",
  says: "pieces of output come twice",
  fields: { ...onLine, probability, direction },
  lasts: "maybe",
  formerly: "wire",
  holds: damageOf("duplicates"),
  wire: (event) => ({ type: "duplicates", probability: event.probability, ...way(event.direction) }),
});

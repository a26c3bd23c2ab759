import { happening } from "../declaration.ts";
import { damageOf, direction, onLine, probability, way } from "./wire-fields.ts";

/** What is sent arrives in part. */
export const truncation = happening({
  event: "truncation",
  says: "pieces of output lose their second half",
  fields: { ...onLine, probability, direction },
  lasts: "maybe",
  formerly: "wire",
  holds: damageOf("truncation"),
  wire: (event) => ({ type: "truncation", probability: event.probability, ...way(event.direction) }),
});

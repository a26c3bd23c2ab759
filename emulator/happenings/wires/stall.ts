import { happening } from "../declaration.ts";
import { allBytes, direction, onLine, way } from "./wire-fields.ts";

/** Nothing arrives for a while, and nothing is lost. */
export const stall = happening({
  event: "stall",
  says: "nothing passes until it is over, then all of it",
  fields: { ...onLine, direction },
  lasts: "always",
  formerly: "wire",
  holds: allBytes,
  wire: (event) => ({ type: "stall", ...way(event.direction) }),
});

import { happening } from "../declaration.ts";
import { allBytes, onLine } from "./wire-fields.ts";

/** The device is gone without a word. */
export const halfOpen = happening({
  event: "halfOpen",
  says: "connections seem open, but what is sent is lost",
  fields: onLine,
  lasts: "always",
  formerly: "wire",
  holds: allBytes,
  wire: () => ({ type: "halfOpen" }),
});

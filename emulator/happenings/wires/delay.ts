import { checkedSeconds } from "../../schema/duration.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { damageOf, direction, onLine, way } from "./wire-fields.ts";

/** Everything arrives late. */
export const delay = happening({
  event: "delay",
  says: "bytes are late, in order",
  fields: { ...onLine, delay: field.span({ min: 0, max: 60 }, "by this much, up to a minute"), direction },
  lasts: "maybe",
  formerly: "wire",
  holds: damageOf("delay"),
  wire: (event) => ({ type: "delay", ms: checkedSeconds(event.delay) * 1000, ...way(event.direction) }),
});

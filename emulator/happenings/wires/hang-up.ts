import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { site } from "../site-name.ts";

/** The device closes its connections. */
export const hangUp = happening({
  event: "hangUp",
  says: "every connection is closed",
  fields: { site, port: field.choice(["tcp", "modbus"], "ports with connections") },
  momentary: true,
  acts: "hangUp",
});

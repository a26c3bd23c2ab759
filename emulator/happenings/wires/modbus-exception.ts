import { MODBUS_EXCEPTION } from "../../ports/modbus-bank.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { site } from "../site-name.ts";
import { damageOf } from "./wire-fields.ts";

/** Telemetry is refused. */
export const modbusException = happening({
  event: "modbusException",
  says: "Modbus requests are refused",
  fields: {
    site,
    port: field.choice(["modbus"], "Modbus TCP and RTU"),
    exception: field.choice(
      [
        "illegalFunction",
        "illegalAddress",
        "illegalValue",
        "deviceFailure",
        "deviceBusy",
        "targetFailedToRespond",
      ],
      "which",
    ),
    probability: field.number({ min: 0, max: 1 }, "for each request"),
  },
  lasts: "maybe",
  formerly: "wire",
  holds: damageOf("modbusException"),
  wire: (event) => ({
    type: "modbusException",
    exception: MODBUS_EXCEPTION[event.exception],
    probability: event.probability,
  }),
});

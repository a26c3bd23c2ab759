import type { WireEventName } from "../wire-event.ts";
import type { EventFields } from "./physics-event-schemas.ts";
import { part } from "./schema-parts.ts";

const lasting = part.duration("ends after this; without it the event stays");
const direction = part.choice(["toClient", "toDevice"], "which way the bytes travel; both ways without it");
const site = part.choice(["alice", "bob"], "which device");
const anyPort = part.choice(["tcp", "serial", "modbus"], "every port of that kind");
const probability = part.probability("for each piece of output");

/** Every wire event. */
export const WIRE_EVENT_FIELDS: Readonly<Record<WireEventName, EventFields>> = {
  bitFlips: {
    description: "bits are inverted at random",
    properties: {
      site,
      port: anyPort,
      perByte: part.above(0, 1, "probability that a byte has one bit inverted"),
      direction,
      for: lasting,
    },
    required: ["site", "port", "perByte"],
  },
  truncation: {
    description: "pieces of output lose their second half",
    properties: { site, port: anyPort, probability, direction, for: lasting },
    required: ["site", "port", "probability"],
  },
  duplicates: {
    description: "pieces of output come twice",
    properties: { site, port: anyPort, probability, direction, for: lasting },
    required: ["site", "port", "probability"],
  },
  delay: {
    description: "bytes are late, in order",
    properties: {
      site,
      port: anyPort,
      delay: part.duration("by this much, up to a minute"),
      direction,
      for: lasting,
    },
    required: ["site", "port", "delay"],
  },
  stall: {
    description: "nothing passes until it is over, then all of it",
    properties: { site, port: anyPort, direction, for: lasting },
    required: ["site", "port", "for"],
  },
  trickle: {
    description: "bytes pass slowly, one by one",
    properties: {
      site,
      port: anyPort,
      bytesPerSecond: part.number(1, 1e6, "rate"),
      direction,
      for: lasting,
    },
    required: ["site", "port", "bytesPerSecond"],
  },
  halfOpen: {
    description: "connections seem open, but what is sent is lost",
    properties: { site, port: anyPort, for: lasting },
    required: ["site", "port", "for"],
  },
  hangUp: {
    description: "every connection is closed",
    properties: { site, port: part.choice(["tcp", "modbus"], "ports with connections") },
    required: ["site", "port"],
  },
  baudMismatch: {
    description: "the device's end of the serial line runs at another speed",
    properties: {
      site,
      port: part.choice(["serial"], "the serial line"),
      baud: part.integer(50, 50_000_000, "the wrong speed"),
      for: lasting,
    },
    required: ["site", "port", "baud", "for"],
  },
  modbusException: {
    description: "Modbus requests are refused",
    properties: {
      site,
      port: part.choice(["modbus"], "Modbus TCP and RTU"),
      exception: part.choice(
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
      probability: part.probability("for each request"),
      for: lasting,
    },
    required: ["site", "port", "exception", "probability"],
  },
};

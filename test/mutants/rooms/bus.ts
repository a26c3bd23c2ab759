import type { Breach } from "../breach.ts";

const OPTIONS = "controller/outlets/bus/bus-options.ts";
const OUTBOX = "controller/outlets/bus/outbox.ts";
const PUBLISHER = "controller/outlets/bus/nats-publisher.ts";
const OF_OPTIONS = ["controller/outlets/bus/bus-options.test.ts"];
const OF_OUTBOX = ["controller/outlets/bus/outbox.test.ts"];
const OF_SERVERS = ["test/system/collectors/a-real-bus-keeps-events.test.ts"];

/** What a site tells NATS servers, broken. */
export const BUS: readonly Breach[] = [
  {
    id: "bus/in-the-clear",
    file: OPTIONS,
    find: 'if (kind === "nats" && !LOOPBACK.test(host))',
    replace: "if (false)",
    meaning: "events go over a network in the clear",
    tests: OF_OPTIONS,
  },
  {
    id: "bus/authority-needed",
    file: OPTIONS,
    find: 'if (kinds.has("tls") && tls === undefined)',
    replace: "if (false)",
    meaning: "servers are verified by the authorities of the machine",
    tests: OF_OPTIONS,
  },
  {
    id: "bus/subject-token",
    file: OPTIONS,
    find: 'name.replace(/[^A-Za-z0-9_-]/g, "_")',
    replace: "name",
    meaning: "a name makes a subject of another node",
    tests: OF_OPTIONS,
  },
  {
    id: "bus/outbox-bound",
    file: OUTBOX,
    find: "if (this.#waiting < this.#most) return 0;",
    replace: "return 0;",
    meaning: "a bus that is away fills the disk",
    tests: OF_OUTBOX,
  },
  {
    id: "bus/numbers-once",
    file: OUTBOX,
    find: "number INTEGER PRIMARY KEY AUTOINCREMENT",
    replace: "number INTEGER PRIMARY KEY",
    meaning: "a later event has the id of an earlier one, and the stream drops it",
    tests: OF_OUTBOX,
  },
  {
    id: "bus/settled-when-confirmed",
    file: PUBLISHER,
    find: 'messages.filter((_, index) => answers[index]?.status === "fulfilled")',
    replace: "messages",
    meaning: "an event that the stream never had counts as told",
    tests: OF_SERVERS,
  },
  {
    id: "bus/message-id",
    file: PUBLISHER,
    find: "timeout: ANSWER_MS,\n        }),",
    replace: "msgID: undefined as never,\n        }),",
    meaning: "what is told again stands in the stream twice",
    tests: OF_SERVERS,
  },
  {
    id: "bus/pause-kept",
    file: PUBLISHER,
    find: "if (this.#stream !== null) this.#wake();",
    replace: "this.#wake();",
    meaning: "every event calls at a bus that is away",
    tests: OF_SERVERS,
  },
];

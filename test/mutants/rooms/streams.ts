import type { Breach } from "../breach.ts";

const DESK = "controller/streams/stream-desk.ts";
const FRAMES = "controller/streams/frames.ts";
const SERVER = "controller/streams/stream-server.ts";
const TESTS = ["test/integration/key-streams-follow-etsi-004.test.ts"];
const FRAME_TESTS = ["controller/streams/frames.test.ts"];

export const STREAMS: readonly Breach[] = [
  {
    id: "streams/long",
    file: FRAMES,
    find: "known && payloadBytes <= MOST_PAYLOAD_BYTES",
    replace: "known",
    meaning: "a caller names a length and the node waits for gigabytes",
    tests: FRAME_TESTS,
  },
  {
    id: "streams/version",
    file: FRAMES,
    find: "if (VERSION.some((part, index) => view.getUint8(index) !== part)) return null;",
    replace: "",
    meaning: "frames of another version are read as if they were of this one",
    tests: FRAME_TESTS,
  },
  {
    id: "streams/size",
    file: FRAMES,
    find: "if (rest.length !== QOS_BYTES + 16) return null;",
    replace: "",
    meaning: "bytes that mean nothing are passed over",
    tests: FRAME_TESTS,
  },
  {
    id: "streams/uri",
    file: FRAMES,
    find: "end - from > 1024",
    replace: "false",
    meaning: "a name of any length is taken",
    tests: FRAME_TESTS,
  },
  {
    id: "streams/stranger",
    file: SERVER,
    find: "    callers.of(socket);\n    for (;;) {",
    replace: "    for (;;) {",
    meaning: "a stranger keeps a connection for as long as it likes",
    tests: TESTS,
  },
  {
    id: "streams/slow",
    file: SERVER,
    find: "untilMs = performance.now() + restMs;\n    }",
    replace: "}",
    meaning: "half a frame holds a connection for ten minutes",
    tests: TESTS,
  },
  {
    id: "streams/of-whom",
    file: DESK,
    find: "stream !== undefined && [stream.source, stream.destination].includes(sae) ? stream : null",
    replace: "stream ?? null",
    meaning: "an application reads the stream of others",
    tests: TESTS,
  },
  {
    id: "streams/source",
    file: DESK,
    find: "if (caller.sae !== source || source === destination) return refused(STATUS.noConnection);",
    replace: "",
    meaning: "an application opens a stream in the name of another",
    tests: TESTS,
  },
  {
    id: "streams/joins",
    file: DESK,
    find: "if (held.source !== source || held.destination !== destination) return refused(STATUS.ksidInUse);",
    replace: "",
    meaning: "an application joins a stream as if it were another one",
    tests: TESTS,
  },
  {
    id: "streams/again",
    file: DESK,
    find: "if (held !== undefined || this.#streams.size >= MOST_STREAMS) return refused(STATUS.ksidInUse);",
    replace: "",
    meaning: "a stream that is in use is opened anew under its feet",
    tests: TESTS,
  },
  {
    id: "streams/serves",
    file: DESK,
    find: "serves(source) &&\n        !serves(destination) &&",
    replace: "",
    meaning: "a node opens streams in the name of SAEs of other nodes",
    tests: TESTS,
  },
  {
    id: "streams/room",
    file: DESK,
    find: "if (metadataBytes > 0 && metadata.length > metadataBytes) return STATUS.metadataTooSmall;",
    replace: "",
    meaning: "a key is given whose origin finds no room",
    tests: TESTS,
  },
];

import type { Breach } from "../breach.ts";

const NETWORK = ["controller/node/network/network-remarks.test.ts"];
const CHECK = ["test/integration/check-tells-every-mistake-of-a-node-and-its-network.test.ts"];

export const NODE: readonly Breach[] = [
  {
    id: "node/ends-known",
    file: "controller/node/network/network-remarks.ts",
    find: "if (!nodes.includes(end))",
    replace: "if (false as boolean)",
    meaning: "a link may end at a node that nobody declared",
    tests: NETWORK,
  },
  {
    id: "node/one-certificate",
    file: "controller/node/network/network-remarks.ts",
    find: 'else once(prints, plainHex(print), name, "fingerprint");',
    replace: "",
    meaning: "two nodes speak by one certificate",
    tests: NETWORK,
  },
  {
    id: "node/qtx-end",
    file: "controller/node/network/network-remarks.ts",
    find: "qtx !== undefined && ends.length === 2 && !ends.includes(qtx)",
    replace: "false as boolean",
    meaning: "both ends of a link take themselves for the receiver",
    tests: NETWORK,
  },
  {
    id: "node/origins-of-policy",
    file: "controller/node/network/sae-grants.ts",
    find: 'mode = "qkd-only"',
    replace: 'mode = "prefer-qkd"',
    meaning: "an application without a policy gets post-quantum keys",
    tests: ["controller/node/network/sae-grants.test.ts"],
  },
  {
    id: "node/unknown-sae",
    file: "controller/node/network-directory.ts",
    find: "if (node === undefined || targetKmeId === undefined) return null;",
    replace: "if (node === undefined) return { keys: null, reason: 'noRoute', why: '' };",
    meaning: "an SAE that nobody knows is called one without a way to it",
    tests: ["controller/node/network-directory.test.ts"],
  },
  {
    id: "node/own-fingerprint",
    file: "cli/check/node-file-check.ts",
    find: "named.includes(plainHex(own))",
    replace: "true",
    meaning: "a node starts with a certificate that every neighbour refuses, and check is silent",
    tests: CHECK,
  },
  {
    id: "node/same-port",
    file: "cli/config/node-contradictions.ts",
    find: "if (port === 0 || before === undefined) return [];",
    replace: "return [];",
    meaning: "two listeners of a node take one port, and check is silent",
    tests: CHECK,
  },
  {
    id: "node/told-once",
    file: "controller/sources/network/network-word.ts",
    find: "if (difference === this.#told) return;",
    replace: "",
    meaning: "a neighbour with another file floods the log",
    tests: ["controller/sources/network/network-word.test.ts"],
  },
  {
    id: "node/pause",
    file: "controller/node/restart-pause.ts",
    find: "Math.min(MOST_MS,",
    replace: "Math.max(0,",
    meaning: "a link that failed for long is never tried again",
    tests: ["controller/node/restart-pause.test.ts"],
  },
];

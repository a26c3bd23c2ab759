import {
  CERTIFICATES,
  connections,
  DELIVERY_FIELDS,
  groups,
  milliseconds,
  object,
  PEER_GROUPS,
  POLICY_FIELDS,
  STORE,
  TRANSCEIVER,
  text,
} from "./schema-parts.ts";

const { authRecovery: _, kem: _kem, combiner: _combiner, ...LINK_POLICY } = POLICY_FIELDS;

/** JSON Schema of a node's file. Relative file names are relative to it. */
export const NODE_SCHEMA = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "qkdlink node configuration",
  ...object(["node", "network", "peer", "links", "store", "delivery"], {
    node: text,
    network: { ...text, description: "the network's file, equal at every node" },
    peer: object(["certificate", "privateKey", "authority"], {
      ...CERTIFICATES,
      groups: groups(PEER_GROUPS),
      listen: text,
    }),
    pairs: {
      type: "object",
      description: "nodes without a common link that keys are shared with over others",
      additionalProperties: object(["secretFile"], { secretFile: text }),
    },
    links: {
      type: "object",
      additionalProperties: object(["transceiver", "secretFile"], {
        transceiver: TRANSCEIVER,
        listen: text,
        connect: text,
        limits: object([], { ...connections, helloMs: milliseconds }),
        secretFile: text,
        policy: object([], LINK_POLICY),
      }),
    },
    store: STORE,
    delivery: object(["listen", "certificate", "privateKey", "authority"], DELIVERY_FIELDS),
    streams: object(["listen"], {
      listen: { type: "string", pattern: "^tls://[^/]+:[0-9]+$" },
      limits: object([], { ...connections, handshakeMs: milliseconds, requestMs: milliseconds }),
    }),
    status: object(["listen"], { listen: { type: "string", pattern: "^http://[^/]+$" } }),
    developmentSeed: text,
  }),
} as const;

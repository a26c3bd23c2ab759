import { IDENTITY, LINK_FIELDS, ON_SHORTAGE, object, POLICY_MODE, text } from "./schema-parts.ts";

const name = {
  type: "string",
  minLength: 1,
  maxLength: 64,
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$",
} as const;
const names = { type: "array", uniqueItems: true, items: text } as const;
const byName = (value: object) =>
  ({ type: "object", propertyNames: name, additionalProperties: value }) as const;

/** JSON Schema of a network's file. It names no file, no secret and no address of a device: it is public. */
export const NETWORK_SCHEMA = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "qkdlink network",
  ...object(["network", "nodes", "links"], {
    network: name,
    nodes: byName(
      object(["kme", "fingerprint"], {
        kme: { type: "string", minLength: 1, maxLength: 256 },
        address: text,
        fingerprint: { anyOf: [text, { type: "array", minItems: 1, items: text }] },
      }),
    ),
    links: {
      type: "array",
      items: object(["id", "ends", "qtx", "preset"], {
        id: name,
        ends: { type: "array", minItems: 2, maxItems: 2, items: text },
        qtx: text,
        ...LINK_FIELDS,
        km: { type: "number", minimum: 0, maximum: 1000 },
        authRecovery: { enum: ["manual", "computational"] },
        channels: {
          type: "array",
          items: object(["thz", "dbm", "direction"], {
            thz: { type: "number", minimum: 100, maximum: 400 },
            dbm: { type: "number", minimum: -60, maximum: 30 },
            direction: { enum: ["forward", "backward"] },
          }),
        },
      }),
    },
    saes: {
      type: "array",
      items: object(["id", "node", "identity"], {
        id: { type: "string", minLength: 1, maxLength: 256 },
        node: text,
        identity: IDENTITY,
        peers: names,
        policy: text,
      }),
    },
    policies: byName(
      object(["mode"], {
        mode: POLICY_MODE,
        onShortage: ON_SHORTAGE,
        maxHops: { type: "integer", minimum: 1, maximum: 64 },
        shares: { type: "integer", minimum: 1, maximum: 8 },
        maxAgeS: { type: "number", exclusiveMinimum: 0 },
        rekeyS: { type: "number", exclusiveMinimum: 0 },
        rank: { enum: ["critical", "ordinary"] },
        quotaBps: { type: "number", exclusiveMinimum: 0 },
        quotaKeysPerS: { type: "number", exclusiveMinimum: 0 },
      }),
    ),
    kem: { enum: ["ML-KEM-768", "ML-KEM-1024"] },
    combiner: { enum: ["kdf", "xor"] },
  }),
} as const;

export const text = { type: "string", minLength: 1 } as const;
export const fraction = { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 } as const;
export const probability = { type: "number", exclusiveMinimum: 0, maximum: 1 } as const;
export const duration = { type: "number", exclusiveMinimum: 0 } as const;
export const object = <P extends object>(required: readonly string[], properties: P) =>
  ({ type: "object", additionalProperties: false, required, properties }) as const;
export const milliseconds = { type: "integer", minimum: 1, maximum: 600_000 } as const;
export const connection = { type: "integer", minimum: 1, maximum: 65_536 } as const;
export const connections = { connections: connection, connectionsPerAddress: connection } as const;
export const groups = (names: readonly string[]) =>
  ({ type: "array", minItems: 1, uniqueItems: true, items: { enum: names } }) as const;

/** Between the sites nothing weaker than ML-KEM is negotiated. */
export const PEER_GROUPS = [
  "X25519MLKEM768",
  "SecP256r1MLKEM768",
  "SecP384r1MLKEM1024",
  "MLKEM768",
  "MLKEM1024",
];
const DELIVERY_GROUPS = [...PEER_GROUPS, "X25519", "X448", "prime256v1", "secp384r1", "secp521r1"];
export const keySizeBits = { type: "integer", minimum: 8, maximum: 65_536, multipleOf: 8 } as const;

/** Says which certificate is meant. */
export const IDENTITY = {
  ...object([], {
    fingerprint: { anyOf: [text, { type: "array", minItems: 1, items: text }] },
    commonName: text,
    name: text,
    san: text,
    serial: text,
  }),
  minProperties: 1,
  maxProperties: 1,
} as const;

/** A transceiver, wherever a file names one. */
export const TRANSCEIVER = object(["address"], {
  address: text,
  telemetry: text,
  authority: text,
  certificate: text,
  privateKey: text,
  serverName: text,
  detectionsPerFrame: { type: "integer", minimum: 1024, maximum: 1048576 },
  creditFrames: { type: "integer", minimum: 1, maximum: 256 },
});

/** What distillation of a link needs beside its preset. */
export const LINK_FIELDS = {
  preset: text,
  lossDb: { type: "number", minimum: 0, maximum: 60 },
  clockHz: { type: "number", minimum: 1e6, maximum: 1e10 },
  blockBits: { type: "integer", minimum: 100000, maximum: 110000000 },
  epsilonSecrecy: fraction,
  epsilonCorrectness: fraction,
  maxLeakFraction: fraction,
} as const;

/** Where keys are kept. */
export const STORE = object(["path", "keyFile"], {
  path: text,
  keyFile: text,
  capacityBits: { type: "integer", minimum: 65536 },
  maxAgeS: duration,
  fetchTtlS: duration,
  acceptDataJournal: { type: "boolean" },
});

/** When a link counts as bad, and when post-quantum keys take over. */
export const POLICY_FIELDS = {
  poolLowBits: { type: "integer", minimum: 0 },
  fallbackBelowBits: { type: "integer", minimum: 0 },
  poolClearBits: { type: "integer", minimum: 0 },
  pqcReserveBits: { type: "integer", minimum: 0 },
  maxQber: fraction,
  minSecretKeyRateBps: { type: "number", minimum: 0 },
  rekeyIntervalMs: duration,
  linkDownAfterMs: duration,
  linkUpAfterMs: duration,
  fallbackClearAfterMs: duration,
  authRecovery: { enum: ["manual", "computational"] },
  kem: { enum: ["ML-KEM-768", "ML-KEM-1024"] },
  combiner: { enum: ["kdf", "xor"] },
  epsilonBudget: object([], { perYear: probability, total: probability, stop: { type: "boolean" } }),
} as const;

/** Which keys an application gets. */
export const POLICY_MODE = { enum: ["qkd-only", "prefer-qkd", "hybrid", "pqc-only"] } as const;
export const ON_SHORTAGE = { enum: ["refuse", "pqc"] } as const;

/** Time-outs and connections of key delivery. */
const DELIVERY_LIMITS = object([], {
  ...connections,
  handshakeMs: milliseconds,
  headersMs: milliseconds,
  requestMs: milliseconds,
  keepAliveMs: milliseconds,
  stallMs: milliseconds,
});

/** Files of a party's certificate, its key, and the authority of the others. */
export const CERTIFICATES = {
  certificate: text,
  privateKey: text,
  authority: text,
  crl: text,
} as const;

/** Where keys are handed out, for one link and for many. */
export const DELIVERY_FIELDS = {
  listen: { type: "string", pattern: "^https://[^/]+$" },
  ...CERTIFICATES,
  groups: groups(DELIVERY_GROUPS),
  limits: DELIVERY_LIMITS,
  minTlsVersion: { enum: ["TLSv1.2", "TLSv1.3"] },
  stockDuringFallback: { enum: ["serve", "refuse"] },
  redeliveryWindowS: { type: "number", minimum: 0, maximum: 3600 },
} as const;

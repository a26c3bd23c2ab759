const text = { type: "string", minLength: 1 } as const;
const fraction = { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 } as const;
const probability = { type: "number", exclusiveMinimum: 0, maximum: 1 } as const;
const duration = { type: "number", exclusiveMinimum: 0 } as const;
const object = <P extends object>(required: readonly string[], properties: P) =>
  ({ type: "object", additionalProperties: false, required, properties }) as const;
const milliseconds = { type: "integer", minimum: 1, maximum: 600_000 } as const;
const connection = { type: "integer", minimum: 1, maximum: 65_536 } as const;
const connections = { connections: connection, connectionsPerAddress: connection } as const;
const groups = (names: readonly string[]) =>
  ({ type: "array", minItems: 1, uniqueItems: true, items: { enum: names } }) as const;

/** Between the sites nothing weaker than ML-KEM is negotiated. */
const PEER_GROUPS = ["X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024", "MLKEM768", "MLKEM1024"];
const DELIVERY_GROUPS = [...PEER_GROUPS, "X25519", "X448", "prime256v1", "secp384r1", "secp521r1"];
const FACILITIES = ["user", "daemon", ...[0, 1, 2, 3, 4, 5, 6, 7].map((number) => `local${number}`)];
const keySizeBits = { type: "integer", minimum: 8, maximum: 65_536, multipleOf: 8 } as const;

/** Says which certificate is meant. */
const IDENTITY = {
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

/** JSON Schema of a site's configuration file. Relative file names are relative to the configuration file. */
export const SITE_SCHEMA = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "qkdlink site configuration",
  ...object(["site", "linkId", "transceiver", "peer", "link", "store", "delivery"], {
    site: { enum: ["alice", "bob"], description: "alice has the transmitter (QTX), bob the receiver (QRX)" },
    linkId: text,
    transceiver: object(["address"], {
      address: text,
      telemetry: text,
      authority: text,
      certificate: text,
      privateKey: text,
      serverName: text,
      detectionsPerFrame: { type: "integer", minimum: 1024, maximum: 1048576 },
      creditFrames: { type: "integer", minimum: 1, maximum: 256 },
    }),
    peer: object(["certificate", "privateKey", "authority", "secretFile"], {
      listen: text,
      connect: text,
      certificate: text,
      privateKey: text,
      authority: text,
      crl: text,
      groups: groups(PEER_GROUPS),
      identity: IDENTITY,
      limits: object([], { ...connections, helloMs: milliseconds }),
      secretFile: text,
    }),
    link: object(["preset"], {
      preset: text,
      lossDb: { type: "number", minimum: 0, maximum: 60 },
      clockHz: { type: "number", minimum: 1e6, maximum: 1e10 },
      blockBits: { type: "integer", minimum: 100000, maximum: 110000000 },
      epsilonSecrecy: fraction,
      epsilonCorrectness: fraction,
      maxLeakFraction: fraction,
    }),
    store: object(["path", "keyFile"], {
      path: text,
      keyFile: text,
      capacityBits: { type: "integer", minimum: 65536 },
      maxAgeS: duration,
      fetchTtlS: duration,
      acceptDataJournal: { type: "boolean" },
    }),
    delivery: object(["listen", "certificate", "privateKey", "authority", "kmeId", "peerKmeId"], {
      listen: { type: "string", pattern: "^https://[^/]+$" },
      certificate: text,
      privateKey: text,
      authority: text,
      crl: text,
      groups: groups(DELIVERY_GROUPS),
      limits: object([], {
        ...connections,
        handshakeMs: milliseconds,
        headersMs: milliseconds,
        requestMs: milliseconds,
        keepAliveMs: milliseconds,
        stallMs: milliseconds,
      }),
      minTlsVersion: { enum: ["TLSv1.2", "TLSv1.3"] },
      saeIdentity: {
        type: "array",
        minItems: 1,
        uniqueItems: true,
        items: { enum: ["sanUri", "sanDns", "commonName", "serialNumber"] },
      },
      kmeId: text,
      peerKmeId: text,
      allowPqcFor: { type: "array", items: text },
      stockDuringFallback: { enum: ["serve", "refuse"] },
      redeliveryWindowS: { type: "number", minimum: 0, maximum: 3600 },
    }),
    dashboard: object(["listen"], {
      listen: { type: "string", pattern: "^https?://[^/]+$" },
      certificate: text,
      privateKey: text,
      authority: text,
      crl: text,
      names: { type: "array", uniqueItems: true, maxItems: 16, items: text },
      elements: {
        type: "array",
        minItems: 1,
        maxItems: 24,
        items: object(["kind", "name", "lossDb"], {
          kind: { enum: ["mux", "connector", "span", "splice"] },
          name: { type: "string", minLength: 1, maxLength: 40 },
          detail: { type: "string", minLength: 1, maxLength: 60 },
          lossDb: { type: "number", minimum: 0, maximum: 60 },
        }),
      },
      emulator: { type: "string", pattern: "^(tcp|http)://[^/]+:[0-9]+$" },
      baseline: text,
    }),
    alarms: {
      ...object([], {
        syslog: object(["address"], {
          address: text,
          authority: text,
          crl: text,
          certificate: text,
          privateKey: text,
          serverName: text,
          facility: { enum: FACILITIES },
          hostname: { type: "string", minLength: 1, maxLength: 255, pattern: "^[!-~]+$" },
        }),
        snmp: object(["address"], {
          address: text,
          user: { type: "string", minLength: 1, maxLength: 32 },
          authPassphraseFile: text,
          privPassphraseFile: text,
          authProtocol: { enum: ["sha", "sha224", "sha256", "sha384", "sha512"] },
          privProtocol: { enum: ["aes", "aes256"] },
          communityFile: text,
          confirm: { type: "boolean" },
        }),
        enterprise: text,
      }),
      minProperties: 1,
    },
    saes: {
      type: "array",
      items: object(["id", "identity"], {
        id: { type: "string", minLength: 1, maxLength: 256 },
        identity: IDENTITY,
        peers: { type: "array", items: text },
        origins: { type: "array", minItems: 1, uniqueItems: true, items: { enum: ["qkd", "pqc"] } },
        keySizeBits,
        minKeySizeBits: keySizeBits,
        maxKeySizeBits: keySizeBits,
        maxKeysPerRequest: { type: "integer", minimum: 1, maximum: 4096 },
        quotaBps: { type: "number", exclusiveMinimum: 0 },
      }),
    },
    policy: object([], {
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
      epsilonBudget: object([], { perYear: probability, total: probability, stop: { type: "boolean" } }),
    }),
    recording: object(["folder"], { folder: text }),
    developmentSeed: {
      type: "string",
      description:
        "development only: derives every random choice from this text, so that runs repeat; keys are NOT secret",
    },
  }),
} as const;

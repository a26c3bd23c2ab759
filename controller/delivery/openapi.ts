const text = { type: "string" } as const;
const whole = { type: "integer", minimum: 0 } as const;
const extension = { type: "object", description: "members with a vendor prefix" } as const;
const optionList = { type: "array", items: { type: "object" } } as const;
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string) => ({ "application/json": { schema: ref(name) } });
const parameter = (name: string, place: "path" | "query", description: string, schema: object = text) => ({
  name,
  in: place,
  required: place === "path",
  description,
  schema,
});

/** Refusals that every call may answer with. */
const REFUSALS = {
  "400": { description: "the request cannot be met as it is", content: json("Error") },
  "401": { description: "no trusted certificate, or not the caller's key", content: json("Error") },
  "503": {
    description: "no key now, or the quota is used up",
    headers: { "Retry-After": { schema: whole, description: "seconds" } },
    content: json("Error"),
  },
} as const;

const answers = (schema: string, description: string) => ({
  "200": { description, content: json(schema) },
  ...REFUSALS,
});

/** Key delivery by ETSI GS QKD 014 V1.1.1 as an OpenAPI 3.1 document, with what this server adds. */
export const DELIVERY_OPENAPI = {
  openapi: "3.1.0",
  info: {
    title: "ETSI GS QKD 014 V1.1.1 key delivery",
    version: "1.1.1",
    description: "Over HTTPS with a client certificate, which says the SAE of the caller.",
  },
  paths: {
    "/api/v1/keys/{slave_SAE_ID}/status": {
      parameters: [parameter("slave_SAE_ID", "path", "the SAE that the keys are shared with")],
      get: { operationId: "getStatus", responses: answers("Status", "status") },
    },
    "/api/v1/keys/{slave_SAE_ID}/enc_keys": {
      parameters: [parameter("slave_SAE_ID", "path", "the SAE that the keys are shared with")],
      get: {
        operationId: "getKeySimple",
        parameters: [
          parameter("number", "query", "keys wanted, default 1", whole),
          parameter("size", "query", "bits of each key, default key_size", whole),
        ],
        responses: answers("KeyContainer", "keys"),
      },
      post: {
        operationId: "getKey",
        requestBody: { content: json("KeyRequest") },
        responses: answers("KeyContainer", "keys"),
      },
    },
    "/api/v1/keys/{master_SAE_ID}/dec_keys": {
      parameters: [parameter("master_SAE_ID", "path", "the SAE that took the keys")],
      get: {
        operationId: "getKeyWithIdSimple",
        parameters: [parameter("key_ID", "query", "one key", { type: "string", format: "uuid" })],
        responses: answers("KeyContainer", "the keys, once"),
      },
      post: {
        operationId: "getKeyWithIds",
        requestBody: { required: true, content: json("KeyIds") },
        responses: answers("KeyContainer", "the keys, once"),
      },
    },
  },
  components: {
    schemas: {
      Status: {
        type: "object",
        required: [
          "source_KME_ID",
          "target_KME_ID",
          "master_SAE_ID",
          "slave_SAE_ID",
          "key_size",
          "stored_key_count",
          "max_key_count",
          "max_key_per_request",
          "max_key_size",
          "min_key_size",
          "max_SAE_ID_count",
        ],
        properties: {
          source_KME_ID: text,
          target_KME_ID: text,
          master_SAE_ID: text,
          slave_SAE_ID: text,
          key_size: { ...whole, description: "default size, bits" },
          stored_key_count: whole,
          max_key_count: whole,
          max_key_per_request: whole,
          max_key_size: whole,
          min_key_size: whole,
          max_SAE_ID_count: whole,
          status_extension: extension,
        },
      },
      KeyRequest: {
        type: "object",
        properties: {
          number: { ...whole, default: 1 },
          size: { ...whole, multipleOf: 8, description: "bits of each key" },
          additional_slave_SAE_IDs: { type: "array", items: text, maxItems: 0 },
          extension_mandatory: optionList,
          extension_optional: optionList,
        },
      },
      KeyContainer: {
        type: "object",
        required: ["keys"],
        properties: {
          keys: {
            type: "array",
            items: {
              type: "object",
              required: ["key_ID", "key"],
              properties: {
                key_ID: { type: "string", format: "uuid" },
                key: { type: "string", contentEncoding: "base64" },
                key_ID_extension: extension,
                key_extension: {
                  type: "object",
                  properties: {
                    qkdlink_origin: { enum: ["qkd", "relay", "hybrid", "pqc", "local"] },
                    qkdlink_auth: { enum: ["information-theoretic", "computational"] },
                    qkdlink_epsilon: { type: "number" },
                    qkdlink_epsilon_total: { type: "number" },
                    qkdlink_route: { type: "array", items: { type: "array", items: text } },
                    qkdlink_age_s: whole,
                  },
                },
              },
            },
          },
          key_container_extension: extension,
        },
      },
      KeyIds: {
        type: "object",
        required: ["key_IDs"],
        properties: {
          key_IDs: {
            type: "array",
            minItems: 1,
            items: {
              type: "object",
              required: ["key_ID"],
              properties: { key_ID: { type: "string", format: "uuid" }, key_ID_extension: extension },
            },
          },
          key_IDs_extension: extension,
        },
      },
      Error: {
        type: "object",
        required: ["message"],
        properties: { message: text, details: { type: "array", items: { type: "object" } } },
      },
    },
    securitySchemes: { certificate: { type: "mutualTLS" } },
  },
  security: [{ certificate: [] }],
} as const;

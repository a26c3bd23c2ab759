/** Services of ETSI GS QKD 004 as they are framed. */
export const SERVICE = {
  openConnect: 2,
  openConnectResponse: 3,
  getKey: 4,
  getKeyResponse: 5,
  close: 8,
  closeResponse: 9,
} as const;

/** Status codes of ETSI GS QKD 004 V2.1.1. */
export const STATUS = {
  ok: 0,
  insufficientKey: 2,
  peerNotConnected: 3,
  noConnection: 4,
  ksidInUse: 5,
  timeout: 6,
  qosNotMet: 7,
  metadataTooSmall: 8,
} as const;

export type Status = (typeof STATUS)[keyof typeof STATUS];

/** Quality of service: bytes, bits a second, ms and s as the standard has them. */
export interface Qos {
  readonly chunkBytes: number;
  readonly maxBps: number;
  readonly minBps: number;
  readonly jitter: number;
  readonly priority: number;
  readonly timeoutMs: number;
  readonly ttlS: number;
  readonly mimetype: string;
}

/** What an application asks. */
export type StreamRequest =
  | {
      readonly type: "open";
      readonly source: string;
      readonly destination: string;
      readonly qos: Qos;
      /** Null where the node is to assign one. */
      readonly ksid: string | null;
    }
  | { readonly type: "getKey"; readonly ksid: string; readonly index: number; readonly metadataBytes: number }
  | { readonly type: "close"; readonly ksid: string };

export const HEADER_BYTES = 8;
const MIMETYPE_BYTES = 256;
const QOS_BYTES = 7 * 4 + MIMETYPE_BYTES;
/** Longest payload of a request: two URIs of 1 KiB, the quality of service, a stream's id. */
export const MOST_PAYLOAD_BYTES = 2 * 1025 + QOS_BYTES + 16;
const VERSION = [1, 0, 1] as const;

/** What a header says; null for one of no request of this version, or of one that is too long. */
export function readHeader(
  header: Uint8Array,
): { readonly service: number; readonly payloadBytes: number } | null {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (VERSION.some((part, index) => view.getUint8(index) !== part)) return null;
  const service = view.getUint8(3);
  const payloadBytes = view.getUint32(4);
  const known = [SERVICE.openConnect, SERVICE.getKey, SERVICE.close].some((each) => each === service);
  return known && payloadBytes <= MOST_PAYLOAD_BYTES ? { service, payloadBytes } : null;
}

/** A request by its payload; null for one that is malformed. */
export function readRequest(service: number, payload: Uint8Array): StreamRequest | null {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (service === SERVICE.close)
    return bytes.length === 16 ? { type: "close", ksid: bytes.toString("hex") } : null;
  if (service === SERVICE.getKey) {
    if (bytes.length !== 24) return null;
    return {
      type: "getKey",
      ksid: bytes.toString("hex", 0, 16),
      index: bytes.readUInt32BE(16),
      metadataBytes: bytes.readUInt32BE(20),
    };
  }
  const source = textBefore(bytes, 0);
  const destination = source === null ? null : textBefore(bytes, source.end);
  if (source === null || destination === null) return null;
  const rest = bytes.subarray(destination.end);
  if (rest.length !== QOS_BYTES + 16) return null;
  const [chunkBytes, maxBps, minBps, jitter, priority, timeoutMs, ttlS] = Array.from(
    { length: 7 },
    (_, index) => rest.readUInt32BE(index * 4),
  ) as [number, number, number, number, number, number, number];
  const mimetype = textBefore(rest.subarray(28, 28 + MIMETYPE_BYTES), 0)?.text ?? null;
  if (mimetype === null) return null;
  const ksid = rest.toString("hex", QOS_BYTES);
  return {
    type: "open",
    source: source.text,
    destination: destination.text,
    qos: { chunkBytes, maxBps, minBps, jitter, priority, timeoutMs, ttlS, mimetype },
    ksid: /^0+$/.test(ksid) ? null : ksid,
  };
}

/** A text up to its NUL. */
function textBefore(bytes: Buffer, from: number): { readonly text: string; readonly end: number } | null {
  const end = bytes.indexOf(0, from);
  if (end < 0 || end - from > 1024) return null;
  try {
    return {
      text: new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(from, end)),
      end: end + 1,
    };
  } catch {
    return null;
  }
}

/** The answer to OPEN_CONNECT. */
export function openAnswer(status: Status, qos: Qos | null, ksid: string | null): Buffer {
  const told = status === STATUS.ok || status === STATUS.qosNotMet;
  if (!told || qos === null) return framed(SERVICE.openConnectResponse, u32(status));
  const { chunkBytes, maxBps, minBps, jitter, priority, timeoutMs, ttlS, mimetype } = qos;
  const type = Buffer.alloc(MIMETYPE_BYTES);
  type.write(mimetype);
  const numbers = [chunkBytes, maxBps, minBps, jitter, priority, timeoutMs, ttlS].map(u32);
  return framed(
    SERVICE.openConnectResponse,
    u32(status),
    ...numbers,
    type,
    Buffer.from(ksid ?? "00".repeat(16), "hex"),
  );
}

/** The answer to GET_KEY; the key is copied into it. */
export function keyAnswer(
  status: Status,
  got: { readonly index: number; readonly key: Uint8Array; readonly metadata: string } | null = null,
): Buffer {
  if (status !== STATUS.ok || got === null) return framed(SERVICE.getKeyResponse, u32(status));
  const metadata = Buffer.from(got.metadata);
  const { index, key } = got;
  return framed(
    SERVICE.getKeyResponse,
    u32(status),
    u32(index),
    u32(key.length),
    key,
    u32(metadata.length),
    metadata,
  );
}

/** The answer to CLOSE. */
export const closeAnswer = (status: Status): Buffer => framed(SERVICE.closeResponse, u32(status));

function framed(service: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(...VERSION, service), u32(length), ...parts]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

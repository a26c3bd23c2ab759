import { CodecError } from "../../errors/index.ts";
import { SecretBytes } from "../secret-bytes.ts";
import { ByteWriter } from "./byte-writer.ts";
import { type FieldRow, truncatedError, valueError } from "./field.ts";
import { compileLayout, newLayout } from "./layout.ts";
import { type Fields, layoutFields, type RecordOf, recordRows, recordSamples } from "./record.ts";

const END = "$end";

/** Reads and writes the payload of one message. Stateless and synchronous. */
export interface MessageCodec<T> {
  /**
   * Reads a payload. Throws CodecError: QKD_CODEC_TRUNCATED, QKD_CODEC_TRAILING, QKD_CODEC_VALUE. What it accepts,
   * `encode` turns back into the same bytes. Results hold copies, except the planes of a raw-key frame.
   */
  decode(payload: Uint8Array): T;
  /** Writes a payload in one piece. Throws CodecError QKD_CODEC_VALUE for values that cannot be sent. */
  encode(value: T): Uint8Array;
  /** The payload in pieces that belong back to back; bit planes are handed through without a copy. */
  encodeParts(value: T): readonly Uint8Array[];
  /** The field table of the message. */
  readonly rows: readonly FieldRow[];
  /** Messages that tests send. */
  readonly samples: readonly T[];
}

/** Type of the messages of a codec. */
export type MessageOf<C> = C extends MessageCodec<infer T> ? T : never;

function read<T>(parse: (bytes: Uint8Array) => unknown, payload: Uint8Array): { end: number; fields: T } {
  let raw: Record<string, unknown>;
  try {
    raw = parse(payload) as Record<string, unknown>;
  } catch (cause) {
    if (cause instanceof CodecError) throw cause;
    // The parser reads numbers through a DataView, which throws RangeError past the end and nothing else.
    if (cause instanceof RangeError)
      throw new CodecError("QKD_CODEC_TRUNCATED", "message ends inside a field", {
        context: { payloadBytes: payload.length },
      });
    throw cause;
  }
  const { [END]: end, ...fields } = raw;
  return { end: end as number, fields: fields as T };
}

function compile(fields: Fields): (bytes: Uint8Array) => unknown {
  const layout = newLayout();
  layoutFields(fields, layout);
  layout.saveOffset(END);
  return compileLayout(layout);
}

function writeFields(fields: Fields, value: Readonly<Record<string, unknown>>): Uint8Array {
  if (typeof value !== "object" || value === null) throw valueError("message", "must be an object");
  const writer = new ByteWriter();
  for (const [name, field] of Object.entries(fields)) field.write(writer, name, value[name]);
  return writer.finish();
}

function refuseTrailing(expected: number, payload: Uint8Array): void {
  if (expected < payload.length)
    throw new CodecError("QKD_CODEC_TRAILING", "message has bytes after its last field", {
      context: { expectedBytes: expected, payloadBytes: payload.length },
    });
}

/** A message of fields alone. */
export function messageCodec<F extends Fields>(fields: F): MessageCodec<RecordOf<F>> {
  const parse = compile(fields);
  const encode = (value: RecordOf<F>) => writeFields(fields, value);
  return {
    decode(payload) {
      const { end, fields: value } = read<RecordOf<F>>(parse, payload);
      refuseTrailing(end, payload);
      return value;
    },
    encode,
    encodeParts: (value) => [encode(value)],
    rows: recordRows(fields),
    samples: recordSamples(fields),
  };
}

/** Bytes of one bit plane of `detections` bits. */
export function planeBytes(detections: number): number {
  return Math.ceil(detections / 8);
}

/** Fields that a message with bit planes must have. */
export type PlaneFields = Fields & { readonly detections: Fields[string] };

/** A message that ends in bit planes of one bit per detection. */
export type WithPlanes<F extends Fields> = RecordOf<F> & {
  /** Every plane back to back, each `planeBytes(detections)` long; the frame prints without them. */
  readonly planes: SecretBytes;
};

/**
 * A message of fixed-size fields followed by bit planes. The planes are read as a view of the payload, not copied:
 * key material has one owner. Bits past the last detection must be zero.
 */
export function planeMessageCodec<F extends PlaneFields>(
  fields: F,
  planeNames: readonly string[],
): MessageCodec<WithPlanes<F>> {
  const parse = compile(fields);
  const headBytes = writeFields(fields, recordSamples(fields)[0] as RecordOf<F>).length;

  const checkPlanes = (detections: number, planes: Uint8Array): void => {
    const each = planeBytes(detections);
    if (planes.length !== planeNames.length * each)
      throw valueError("planes", `must be ${planeNames.length} planes of ${each} bytes`);
    const unused = each * 8 - detections;
    for (let plane = 1; plane <= planeNames.length; plane++)
      if (unused > 0 && (planes[plane * each - 1] as number) >> (8 - unused) !== 0)
        throw valueError("planes", "must have zeros after the last detection");
  };

  const encodeParts = (value: WithPlanes<F>): Uint8Array[] => {
    const head = writeFields(fields, value);
    if (!(value.planes instanceof SecretBytes)) throw valueError("planes", "must be secret bytes");
    const planes = value.planes.reveal();
    checkPlanes((value as { detections: number }).detections, planes);
    return [head, planes];
  };

  return {
    decode(payload) {
      const { fields: value } = read<RecordOf<F>>(parse, payload.subarray(0, headBytes));
      const { detections } = value as { detections: number };
      const expected = headBytes + planeNames.length * planeBytes(detections);
      if (payload.length < expected) throw truncatedError("planes");
      refuseTrailing(expected, payload);
      const planes = payload.subarray(headBytes);
      checkPlanes(detections, planes);
      return { ...value, planes: new SecretBytes(planes) };
    },
    encode(value) {
      const writer = new ByteWriter();
      for (const part of encodeParts(value)) writer.bytes(part);
      return writer.finish();
    },
    encodeParts,
    rows: [
      ...recordRows(fields),
      ...planeNames.map((name) => ({
        name: `planes.${name}`,
        type: "plane",
        meaning: `bit plane of ${name}, (detections + 7) div 8 bytes`,
      })),
    ],
    samples: [13, 0, 16].map((detections, k) => {
      const samples = recordSamples(fields);
      const planes = new Uint8Array(planeNames.length * planeBytes(detections));
      planes.fill(detections % 8 === 0 ? 0xff : (1 << (detections % 8)) - 1);
      return {
        ...(samples[k % samples.length] as RecordOf<F>),
        detections,
        planes: new SecretBytes(planes),
      };
    }),
  };
}

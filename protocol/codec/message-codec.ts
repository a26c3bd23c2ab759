import { CodecError } from "../../errors/index.ts";
import { SecretBytes } from "../secret-bytes.ts";
import { ByteWriter, joined } from "./byte-writer.ts";
import { type FieldRow, type Siblings, truncatedError, valueError } from "./field.ts";
import { compileLayout, newLayout, type Parsed } from "./layout.ts";
import { checkPlane, planeBytes } from "./plane.ts";
import {
  type Fields,
  fieldsWriter,
  layoutFields,
  type RecordOf,
  recordRows,
  recordSamples,
} from "./record.ts";

/** One for all messages: writing is synchronous, and nothing of it leaves but copies. */
const WRITER = new ByteWriter();

/** Reads and writes the payload of one message. Stateless and synchronous. */
export interface MessageCodec<T> {
  /**
   * Reads a payload. Throws CodecError: QKD_CODEC_TRUNCATED, QKD_CODEC_TRAILING, QKD_CODEC_VALUE. What it accepts,
   * `encode` turns back into the same bytes. Results hold copies, except planes and `bytes32`, which are views.
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

function read<T>(parse: Parse, payload: Uint8Array): { end: number; value: T } {
  if (!(payload instanceof Uint8Array)) throw valueError("message", "must be bytes");
  try {
    return parse(payload) as { end: number; value: T };
  } catch (cause) {
    if (cause instanceof CodecError) throw cause;
    // The parser reads numbers through a DataView, which throws RangeError past the end and nothing else.
    if (cause instanceof RangeError)
      throw new CodecError("QKD_CODEC_TRUNCATED", "message ends inside a field", {
        context: { payloadBytes: payload.length },
      });
    throw cause;
  }
}

type Parse = (bytes: Uint8Array) => Parsed;

function compile(fields: Fields): Parse {
  const layout = newLayout();
  layoutFields(fields, layout);
  return compileLayout(layout);
}

type Write = (value: unknown) => Uint8Array[];

function writerOf(fields: Fields): Write {
  const write = fieldsWriter(fields);
  return (value) => {
    if (typeof value !== "object" || value === null) throw valueError("message", "must be an object");
    WRITER.clear();
    write(WRITER, value as Siblings);
    return WRITER.parts();
  };
}

function refuseTrailing(expected: number, payload: Uint8Array): void {
  if (expected < payload.length)
    throw new CodecError("QKD_CODEC_TRAILING", "message has bytes after its last field", {
      context: { expectedBytes: expected, payloadBytes: payload.length },
    });
}

/** Throws CodecError for a message whose fields contradict each other. */
export type Check<T> = (value: T) => void;

/** A message of fields alone. */
export function messageCodec<F extends Fields>(
  fields: F,
  check: Check<RecordOf<F>> = () => {},
): MessageCodec<RecordOf<F>> {
  const parse = compile(fields);
  const write = writerOf(fields);
  const encodeParts = (value: RecordOf<F>): Uint8Array[] => {
    const parts = write(value);
    check(value);
    return parts;
  };
  return {
    decode(payload) {
      const { end, value } = read<RecordOf<F>>(parse, payload);
      refuseTrailing(end, payload);
      check(value);
      return value;
    },
    encode: (value) => joined(encodeParts(value)),
    encodeParts,
    rows: recordRows(fields),
    samples: recordSamples(fields).filter((sample) => passes(check, sample)),
  };
}

function passes<T>(check: Check<T>, value: T): boolean {
  try {
    check(value);
    return true;
  } catch {
    return false;
  }
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
  const write = writerOf(fields);
  const headBytes = joined(write(recordSamples(fields)[0])).length;

  const checkPlanes = (detections: number, planes: Uint8Array): void => {
    const each = planeBytes(detections);
    if (planes.length !== planeNames.length * each)
      throw valueError("planes", `must be ${planeNames.length} planes of ${each} bytes`);
    for (let at = 0; at < planes.length; at += each)
      checkPlane("planes", planes.subarray(at, at + each), detections);
  };

  const encodeParts = (value: WithPlanes<F>): Uint8Array[] => {
    const head = write(value);
    if (!(value.planes instanceof SecretBytes)) throw valueError("planes", "must be secret bytes");
    const planes = value.planes.reveal();
    checkPlanes((value as { detections: number }).detections, planes);
    return [...head, planes];
  };

  return {
    decode(payload) {
      if (!(payload instanceof Uint8Array)) throw valueError("message", "must be bytes");
      const { value } = read<RecordOf<F>>(parse, payload.subarray(0, headBytes));
      const { detections } = value as { detections: number };
      const expected = headBytes + planeNames.length * planeBytes(detections);
      if (payload.length < expected) throw truncatedError("planes");
      refuseTrailing(expected, payload);
      const planes = payload.subarray(headBytes);
      checkPlanes(detections, planes);
      return { ...value, planes: new SecretBytes(planes) };
    },
    encode: (value) => joined(encodeParts(value)),
    encodeParts,
    rows: [
      ...recordRows(fields),
      ...planeNames.map((name) => ({
        name: `planes.${name}`,
        type: "plane",
        redacted: true,
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

import type { FieldRow } from "../../protocol/index.ts";
import { fieldSpans } from "./field-spans.ts";

/** A payload without what may not be recorded. */
export interface RedactedPayload {
  /** As long as what it was made from, and a copy of it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly redacted: boolean;
}

/** Planes are told by their number of bits wherever messages are put into words, and recorded as zeros. */
const isHidden = ({ type, redacted }: FieldRow): boolean => redacted === true || type.startsWith("plane");

/**
 * A copy of a payload with zeros where its declaration redacts, and in every bit plane. What does not have the shape of the
 * declaration is zero from end to end, and so is a message without one.
 */
export function redactPayload(rows: readonly FieldRow[] | undefined, payload: Uint8Array): RedactedPayload {
  const spans = rows === undefined ? undefined : fieldSpans(rows, payload);
  if (spans === undefined) return { bytes: new Uint8Array(payload.length), redacted: payload.length > 0 };
  const bytes = Uint8Array.from(payload);
  const hidden = spans.filter(({ row }) => isHidden(row));
  for (const { offset, bytes: length } of hidden) bytes.fill(0, offset, offset + length);
  return { bytes, redacted: hidden.length > 0 };
}

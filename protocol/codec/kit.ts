/**
 * What a message is declared with. A declaration is a list of fields in wire order,
 *
 *     messageCodec({ token: u64("any number"), names: list(text8(""), "who is there") })
 *
 * and gives the reader (compiled by binary-parser), the writer, the type, the rows of the SPEC's table and the samples
 * that tests send. A new message is a file in `messages/`, a line in the catalogue and its section in the SPEC; the
 * tests of the SPEC say what that section must contain.
 */
export { bytes16, bytes32, fixedBytes, hexBytes, letters, text8, text16 } from "./bytes.ts";
export { f32, f64 } from "./floats.ts";
export { bits, count64, i32, u8, u16, u32, u32Within, u64 } from "./integers.ts";
export { fixedList, list, optional, recordsToEnd } from "./lists.ts";
export { messageCodec, planeMessageCodec } from "./message-codec.ts";
export { bool, choice, nameSet } from "./names.ts";
export { numberOrText } from "./number-or-text.ts";
export { plane } from "./plane.ts";
export { record } from "./record.ts";
export { redacted } from "./redacted.ts";

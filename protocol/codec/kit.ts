export { bytes16, fixedBytes, text8, text16 } from "./bytes.ts";
export { f32, f64 } from "./floats.ts";
export { count64, i32, u8, u16, u32, u64 } from "./integers.ts";
export { fixedList, list, optional } from "./lists.ts";
export { messageCodec, planeMessageCodec } from "./message-codec.ts";
export { bool, choice, nameSet } from "./names.ts";
export { numberOrText } from "./number-or-text.ts";
export { record } from "./record.ts";

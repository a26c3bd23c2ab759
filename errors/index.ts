export { type CodeOf, ERROR_REMEDIES, type QkdErrorCode } from "./codes.ts";
export { type ErrorOf, errorClass, errorOf, knownError, memoryShortage } from "./error-class.ts";
export { fileReason } from "./file-reason.ts";
export * from "./layers.ts";
export { listenReason } from "./listen-reason.ts";
export { type NodeProcess, needNode, needNodeToLoad } from "./need-node.ts";
export { type PlainError, plainError, revivedError } from "./plain-error.ts";
export { type ErrorContext, QkdError, type QkdErrorOptions } from "./qkd-error.ts";

import { dirname } from "node:path";
import { errorOf, QkdError } from "../../errors/index.ts";
import { absoluteNodeFiles, nodeFileFields, textAt } from "../config/absolute-node-files.ts";
import type { FieldPath } from "../config/finding.ts";
import { readNodeFile } from "../config/read-node.ts";

/**
 * An error that came of using a node's file, with file, line and column before its sentence where it names a field of it,
 * or a file that a field names; any other error as it is.
 */
export function placedNodeError(file: string, error: unknown): unknown {
  if (!(error instanceof QkdError) || /^[^ ]+:\d+:\d+: /.test(error.message)) return error;
  const { code, message, remedy, context, retryable } = error;
  try {
    const { node } = readNodeFile(file);
    const absolute = absoluteNodeFiles(node.draft, dirname(file));
    const named = typeof context.field === "string" ? context.field.replace(/ \(.*$/s, "").split(".") : null;
    const field: FieldPath | undefined =
      named !== null && Object.hasOwn(node.draft, named[0] ?? "")
        ? named
        : nodeFileFields(absolute).find(
            (path) => context.path !== undefined && textAt(absolute, path) === context.path,
          );
    if (field === undefined) return error;
    const { line, column } = node.find({ level: "error", code, field, message, remedy });
    return errorOf(code, `${file}:${line}:${column}: ${message}`, {
      context,
      remedy,
      retryable,
      cause: error,
    });
  } catch {
    return error;
  }
}

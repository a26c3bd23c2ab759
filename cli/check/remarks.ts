import { QkdError, type QkdErrorCode } from "../../errors/index.ts";
import type { FieldPath, Remark } from "../config/finding.ts";

/** A remark that keeps the site from working. */
export function mistake(code: QkdErrorCode, field: FieldPath, wrong: string, remedy: string): Remark {
  return { level: "error", code, field, message: `${field.join(".")} ${wrong}`, remedy };
}

/** A remark that tells what will, or may, go wrong. */
export function warning(code: QkdErrorCode, field: FieldPath, wrong: string, remedy: string): Remark {
  return { ...mistake(code, field, wrong, remedy), level: "warning" };
}

/** What a reader of the product itself says of a field, as a remark; an empty list when it says nothing. */
export function refusals(field: FieldPath, read: () => unknown): readonly Remark[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof QkdError)) throw error;
    const { code, message, remedy } = error;
    const named = message.startsWith(field.join(".")) ? message : `${field.join(".")}: ${message}`;
    return [{ level: "error", code, field, message: named, remedy }];
  }
}

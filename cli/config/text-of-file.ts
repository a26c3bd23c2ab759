import { closeSync, openSync, readSync } from "node:fs";
import { ConfigError, fileReason } from "../../errors/index.ts";

const MOST_BYTES = 1024 * 1024;

/**
 * Text of a file that people write; `kind` says in errors what it is, such as "a site's file".
 * @throws ConfigError QKD_CONFIG_UNREADABLE for what is no file, larger than a mebibyte or no UTF-8.
 */
export function textOfFile(file: string, kind: string): string {
  const refuse = (wrong: string, cause?: unknown) =>
    new ConfigError("QKD_CONFIG_UNREADABLE", `${file} ${wrong}`, cause === undefined ? {} : { cause });
  let bytes: Uint8Array;
  try {
    bytes = firstBytes(file, MOST_BYTES + 1);
  } catch (cause) {
    throw refuse(`cannot be read: ${fileReason(cause)}`, cause);
  }
  if (bytes.length > MOST_BYTES) throw refuse(`holds more than the ${MOST_BYTES} bytes that ${kind} may`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse("is no text in UTF-8", cause);
  }
}

/** No more of a file than so many bytes: a device has no end, and no size to ask for before. */
function firstBytes(file: string, most: number): Uint8Array {
  const bytes = new Uint8Array(most);
  const opened = openSync(file, "r");
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < most; length += read)
      read = readSync(opened, bytes, { offset: length });
    return bytes.subarray(0, length);
  } finally {
    closeSync(opened);
  }
}

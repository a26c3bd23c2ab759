import { createReadStream } from "node:fs";
import { type CapturePacket, CaptureReader, hexBytesOf, readCapture } from "../../capture/index.ts";
import { ConfigError, fileReason } from "../../errors/index.ts";

/** Most bytes of an input that is no recording: frames are looked at by hand, one or a few. */
const MOST_BYTES = 64 * 2 ** 20;
const PCAPNG = [0x0a, 0x0d, 0x0d, 0x0a];
const SYNC = [0x51, 0x4b, 0x44, 0x4c];

/** An input of which the first bytes were read. */
export interface Input {
  readonly name: string;
  readonly chunks: AsyncIterator<Uint8Array>;
  readonly first: Uint8Array;
}

/** Opens a file, or standard input for `-`. Throws ConfigError QKD_CONFIG_UNREADABLE. */
export async function openInput(file: string): Promise<Input> {
  const stream: AsyncIterable<Uint8Array> = file === "-" ? process.stdin : createReadStream(file);
  const chunks = stream[Symbol.asyncIterator]();
  const name = file === "-" ? "standard input" : file;
  try {
    let first: Uint8Array = new Uint8Array();
    // Four bytes tell what it is; a pipe may bring them one by one.
    while (first.length < 4) {
      const { done, value } = await chunks.next();
      if (done === true) break;
      first = Buffer.concat([first, value]);
    }
    return { name, chunks, first };
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

/** Whether the input is a pcapng file. */
export const isCapture = ({ first }: Input): boolean => PCAPNG.every((byte, at) => first[at] === byte);

/**
 * The packets of a recording; of a file with an index those that are surely earlier than `fromNs` are not read. Throws
 * CaptureError QKD_CAPTURE_DAMAGED behind the last one.
 */
export async function* packetsOf(file: string, input: Input, fromNs?: bigint): AsyncGenerator<CapturePacket> {
  if (file !== "-") {
    await input.chunks.return?.();
    yield* readCapture(file, fromNs === undefined ? {} : { fromNs });
    return;
  }
  const reader = new CaptureReader();
  yield* reader.push(input.first);
  for (;;) {
    const { done, value } = await input.chunks.next();
    if (done === true) break;
    yield* reader.push(value);
  }
  reader.end();
}

/** All bytes of an input that is no recording: as they are where they begin as a frame, else read from hexadecimal digits. */
export async function bytesOf({ name, chunks, first }: Input): Promise<Uint8Array> {
  const parts = [first];
  let length = first.length;
  try {
    for (;;) {
      const { done, value } = await chunks.next();
      if (done === true) break;
      parts.push(value);
      length += value.length;
      if (length > MOST_BYTES) throw tooLong(name);
    }
  } catch (cause) {
    throw cause instanceof ConfigError ? cause : unreadable(name, cause);
  }
  const bytes = new Uint8Array(Buffer.concat(parts));
  if (SYNC.every((byte, at) => bytes[at] === byte)) return bytes;
  return hexBytesOf(new TextDecoder("latin1").decode(bytes));
}

function unreadable(name: string, cause: unknown): ConfigError {
  return new ConfigError("QKD_CONFIG_UNREADABLE", `${name} cannot be read: ${fileReason(cause)}`, {
    cause,
    context: { file: name },
    remedy: "name a recording, a file of hexadecimal digits, or - for standard input",
  });
}

function tooLong(name: string): ConfigError {
  return new ConfigError(
    "QKD_CONFIG_UNREADABLE",
    `${name} is no recording and longer than ${MOST_BYTES / 2 ** 20} MiB`,
    { context: { file: name }, remedy: "name a recording, or a few frames as hexadecimal digits" },
  );
}

import { open, readFile } from "node:fs/promises";
import { type CapturePacket, CaptureReader } from "../pcapng/capture-reader.ts";
import { markBefore, readMarks } from "../recorder/time-index.ts";

const CHUNK_BYTES = 1 << 18;

/**
 * The packets of a capture file, in the order of the file. With `fromNs` the index beside the file, where there is one, spares
 * reading what is surely earlier. Throws CaptureError QKD_CAPTURE_DAMAGED behind the last packet that could be read, and
 * what the file system throws.
 */
export async function* readCapture(
  file: string,
  { fromNs }: { readonly fromNs?: bigint } = {},
): AsyncGenerator<CapturePacket> {
  const mark = fromNs === undefined ? undefined : await markOf(file, fromNs);
  const handle = await open(file, "r");
  try {
    const reader = new CaptureReader();
    const buffer = new Uint8Array(CHUNK_BYTES);
    let position = 0;
    for (let first = true; ; first = false) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      for (const packet of reader.push(buffer.slice(0, bytesRead)))
        if (fromNs === undefined || packet.atNs >= fromNs) yield packet;
      if (first && mark !== undefined && mark.offset > position && reader.interfaces >= mark.interfaces) {
        reader.jump(mark.offset);
        position = mark.offset;
      }
    }
    reader.end();
  } finally {
    await handle.close();
  }
}

async function markOf(file: string, fromNs: bigint) {
  try {
    return markBefore(readMarks(await readFile(`${file}.idx`, "utf8")), fromNs);
  } catch {
    return undefined;
  }
}

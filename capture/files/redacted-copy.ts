import { crc32 } from "node:zlib";
import { CaptureError } from "../../errors/index.ts";
import type { CaptureInterface } from "../pcapng/capture-reader.ts";
import { interfaceBlock, packetBlock, sectionBlock } from "../pcapng/write-blocks.ts";
import { redactPacket } from "../redaction/redact-packet.ts";
import { readCapture } from "./read-capture.ts";

/** A recording that may be handed on. */
export interface RedactedCopy {
  readonly bytes: Uint8Array;
  readonly packets: number;
  /** Why it has not everything, where the file is damaged or is being written. */
  readonly damage: string | undefined;
}

/** Copies a recording with everything redacted once more. Throws what the file system throws. */
export async function redactedCopy(file: string, application: string): Promise<RedactedCopy> {
  const blocks = [sectionBlock(application)];
  const interfaces = new Map<CaptureInterface, number>();
  let packets = 0;
  let damage: string | undefined;
  try {
    for await (const packet of readCapture(file))
      for (const bytes of redactPacket(packet, { crc32 })) {
        const { linkType, name, description } = packet.interface;
        let id = interfaces.get(packet.interface);
        if (id === undefined) {
          id = interfaces.size;
          interfaces.set(packet.interface, id);
          blocks.push(interfaceBlock(linkType, name, description));
        }
        blocks.push(packetBlock(id, packet.atNs, [bytes]));
        packets += 1;
      }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    damage = error.message;
  }
  return { bytes: Buffer.concat(blocks), packets, damage };
}

import { BufferPool } from "../../../controller/peer/buffer-pool.ts";
import { PeerScanner } from "../../../controller/peer/peer-scanner.ts";
import { PeerError } from "../../../errors/index.ts";
import { checkIncoming, encodePeerHeader, PEER_MESSAGES } from "../../../protocol/index.ts";
import { type FuzzTarget, joined } from "../fuzz-target.ts";

/** The framing of the peer channel: the first byte of an input chooses who sends and the size of the chunks. */
export const target: FuzzTarget = {
  seeds: () => {
    const stream = PEER_MESSAGES.flatMap((message) => {
      const body = joined(message.encode(message.samples[0]));
      return body.length > 200
        ? []
        : [encodePeerHeader({ kind: message.kind, bodyBytes: body.length }), body];
    });
    return [0, 1, 2, 3, 17].map((mode) => joined([Uint8Array.of(mode), ...stream.slice(2 * mode)]));
  },
  run: (input) => {
    const mode = input[0] ?? 0;
    const stream = input.slice(1);
    const sender = (mode & 1) === 0 ? "alice" : "bob";
    const cut = scan(stream, (mode >> 1) + 1, sender);
    const whole = scan(stream, stream.length + 1, sender);
    if (cut !== whole) throw new Error(`other chunks are read as ${cut}, not as ${whole}`);
  },
};

/** The messages of a stream, and the refusal that ends it, as text. */
function scan(stream: Uint8Array, chunkBytes: number, sender: "alice" | "bob"): string {
  const scanner = new PeerScanner((header) => checkIncoming(header, sender), new BufferPool());
  const found: string[] = [];
  try {
    for (let at = 0; at < stream.length; at += chunkBytes)
      for (const { kind, body } of scanner.push(stream.slice(at, at + chunkBytes))) {
        found.push(`${kind}:${Buffer.from(body).toString("base64")}`);
        scanner.recycle(body);
      }
  } catch (error) {
    if (!(error instanceof PeerError) || error.code !== "QKD_PEER_PROTOCOL") throw error;
    found.push(error.message);
  }
  return found.join(" ");
}

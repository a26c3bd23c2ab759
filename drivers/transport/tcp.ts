import { connect } from "node:net";
import { type ConnectLimits, socketReady } from "./socket-connect.ts";
import { type SocketReader, socketTransport } from "./socket-transport.ts";
import type { Transport } from "./transport.ts";

const READ_BUFFER_BYTES = 256 * 1024;

/** Connects over plain TCP. Every read lands in one reused buffer, so a chunk costs no allocation. */
export async function openTcp(
  name: string,
  target: { readonly host: string; readonly port: number },
  limits: ConnectLimits,
): Promise<Transport> {
  const label = { kind: "tcp", name } as const;
  const reader: SocketReader = { onChunk: () => {} };
  const socket = connect({
    host: target.host,
    port: target.port,
    onread: {
      buffer: new Uint8Array(READ_BUFFER_BYTES),
      callback(length, buffer) {
        reader.onChunk(buffer.subarray(0, length));
        return true;
      },
    },
  });
  socket.pause();
  await socketReady(label, socket, "connect", limits);
  return socketTransport(label, socket, reader);
}

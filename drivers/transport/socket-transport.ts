import type { Socket } from "node:net";
import { type QkdError, TransportError } from "../../errors/index.ts";
import { ByteFeed } from "./byte-feed.ts";
import { normalizeSocketError } from "./socket-errors.ts";
import type { Transport, TransportLabel } from "./transport.ts";

const KEEP_ALIVE_MS = 10_000;
const LINGER_MS = 300;

/** How a socket under construction hands its chunks to the transport that will own it. */
export interface SocketReader {
  /** Receives every chunk; valid during the call only. */
  onChunk: (chunk: Uint8Array) => void;
}

/** Wraps a connected, paused socket. The socket belongs to the transport from here on. */
export function socketTransport(label: TransportLabel, socket: Socket, reader: SocketReader): Transport {
  const { kind, name } = label;
  const feed = new ByteFeed(name, () => socket.resume());
  reader.onChunk = (chunk) => feed.push(chunk);
  let failure: QkdError | undefined;
  let closing: Promise<void> | undefined;

  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.on("error", (cause) => {
    failure ??= normalizeSocketError(cause, label, "read");
  });
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      feed.end(closing === undefined ? (failure ?? hungUp(name)) : undefined);
      resolve();
    });
  });

  return {
    kind,
    name,
    bytes$: feed.bytes$,
    write(bytes) {
      if (closing !== undefined || !feed.live || socket.destroyed)
        return Promise.reject(failure ?? hungUp(name));
      return new Promise((resolve, reject) => {
        // The callback comes when the kernel took the bytes: awaiting it is the back-pressure.
        socket.write(bytes, (cause) => {
          if (cause == null) resolve();
          else if (closing !== undefined) reject(hungUp(name));
          else reject(normalizeSocketError(cause, label, "write"));
        });
      });
    },
    close() {
      if (closing === undefined) {
        closing = closed;
        feed.end();
        // A paused socket would not see the peer's answer to our end.
        socket.resume();
        socket.destroySoon();
        const lingering = setTimeout(() => socket.destroy(), LINGER_MS);
        closed.then(() => clearTimeout(lingering));
      }
      return closing;
    },
  };
}

function hungUp(name: string): TransportError {
  return new TransportError("QKD_TRANSPORT_CLOSED", `The connection to ${name} is closed`, {
    retryable: true,
    context: { address: name },
  });
}

import type { MessagePort } from "node:worker_threads";
import { PeerError, type PlainError, plainError, QkdError, revivedError } from "../../errors/index.ts";
import { peerMessageOf } from "../../protocol/index.ts";
import { type Asked, bytesBetweenThreads, type Told } from "./channel-between-threads.ts";
import type { PeerChannel, PeerEndpoint } from "./peer-channel.ts";

/** Bytes of messages on their way between the threads: far more than agreement and key exchange of an honest peer take. */
const MAX_UNHEARD_BYTES = 1 << 25;

/**
 * Lets a `RemotePeerChannel` at the other end of `thread` use the channel; only messages whose kind `wants` go there. What
 * that thread has not taken yet is bounded: what exceeds it is dropped, and the peer loses its connection, where the channel
 * can end it.
 */
export function servePeerChannel(
  channel: PeerChannel & Partial<PeerEndpoint>,
  thread: MessagePort,
  wants: (kind: number) => boolean,
  maxUnheardBytes = MAX_UNHEARD_BYTES,
): void {
  const tell = (told: Told): void => thread.postMessage(told);
  const done = (id: number, error: unknown = null): void =>
    tell({ type: "done", id, port: channel.port ?? null, error: error === null ? null : plain(error) });
  let unheardBytes = 0;
  const pass = (kind: number, body: Uint8Array): void => {
    const bytes = bytesBetweenThreads(body);
    if (unheardBytes + bytes <= maxUnheardBytes) {
      unheardBytes += bytes;
      tell({ type: "message", kind, body: body.slice() });
    } else
      channel.reconnect?.(
        new PeerError("QKD_PEER_PROTOCOL", "the peer sends faster than this site can take it", {
          context: { message: peerMessageOf(kind)?.name ?? `kind ${kind}`, unheardBytes },
        }),
      );
  };
  const work = (asked: Exclude<Asked, { type: "heard" }>): Promise<unknown> => {
    if (asked.type === "begin") return channel.begin?.() ?? Promise.resolve();
    if (asked.type === "close") return channel.close();
    if (asked.type === "reconnect") return Promise.resolve(channel.reconnect?.(revivedError(asked.reason)));
    if (asked.type === "renew") return channel.renew?.(asked.credentials) ?? Promise.resolve();
    return Promise.all(asked.messages.map(({ kind, parts }) => channel.send(kind, parts)));
  };
  const subscriptions = [
    channel.state$.subscribe(({ state, epoch, error }) =>
      tell({ type: "state", state, epoch, error: error === null ? null : plainError(error) }),
    ),
    channel.messages$.subscribe(({ kind, body }) => {
      if (wants(kind)) pass(kind, body);
    }),
  ];
  thread.on("message", (asked: Asked) => {
    if (asked.type === "heard") {
      unheardBytes -= asked.bytes;
      return;
    }
    work(asked).then(
      () => done(asked.id),
      (error) => done(asked.id, error),
    );
  });
  thread.on("close", () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
  });
}

function plain(error: unknown): PlainError {
  return plainError(
    error instanceof QkdError
      ? error
      : new PeerError("QKD_PEER_UNREACHABLE", "the peer channel failed unexpectedly"),
  );
}

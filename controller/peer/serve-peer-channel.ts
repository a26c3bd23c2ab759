import type { MessagePort } from "node:worker_threads";
import { PeerError, type PlainError, plainError, QkdError } from "../../errors/index.ts";
import type { Asked, Told } from "./channel-between-threads.ts";
import type { PeerChannel, PeerEndpoint } from "./peer-channel.ts";

/** Lets a `RemotePeerChannel` at the other end of `thread` use the channel; only messages whose kind `wants` go there. */
export function servePeerChannel(
  channel: PeerChannel & Partial<PeerEndpoint>,
  thread: MessagePort,
  wants: (kind: number) => boolean,
): void {
  const tell = (told: Told): void => thread.postMessage(told);
  const done = (id: number, error: unknown = null): void =>
    tell({ type: "done", id, port: channel.port ?? null, error: error === null ? null : plain(error) });
  const work = (asked: Asked): Promise<unknown> => {
    if (asked.type === "begin") return channel.begin?.() ?? Promise.resolve();
    if (asked.type === "close") return channel.close();
    if (asked.type === "renew") return channel.renew?.(asked.credentials) ?? Promise.resolve();
    return Promise.all(asked.messages.map(({ kind, parts }) => channel.send(kind, parts)));
  };
  const subscriptions = [
    channel.state$.subscribe(({ state, epoch, error }) =>
      tell({ type: "state", state, epoch, error: error === null ? null : plainError(error) }),
    ),
    channel.messages$.subscribe(({ kind, body }) => {
      if (wants(kind)) tell({ type: "message", kind, body: body.slice() });
    }),
  ];
  thread.on("message", (asked: Asked) => {
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

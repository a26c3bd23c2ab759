import type { Socket } from "node:net";
import { type QkdError, TransportError } from "../../errors/index.ts";
import { normalizeSocketError } from "./socket-errors.ts";
import type { TransportLabel } from "./transport.ts";

/** Limits of an attempt to connect. */
export interface ConnectLimits {
  readonly timeoutMs: number;
  /** Aborting gives up with QKD_TRANSPORT_CLOSED. */
  readonly signal?: AbortSignal | undefined;
}

/** Waits until `socket` emits `ready` (`connect`, `secureConnect`); otherwise destroys it and rejects. */
export function socketReady(
  label: TransportLabel,
  socket: Socket,
  ready: string,
  limits: ConnectLimits,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      limits.signal?.removeEventListener("abort", onAbort);
      socket.off(ready, onReady);
      socket.off("close", onClose);
      finish();
    };
    const giveUp = (error: QkdError) =>
      settle(() => {
        // A socket on its way down may still emit an error, which nobody else listens for.
        socket.on("error", () => {});
        socket.off("error", onError);
        socket.destroy();
        reject(error);
      });
    const onReady = () =>
      settle(() => {
        socket.off("error", onError);
        resolve();
      });
    const onError = (cause: Error) => giveUp(normalizeSocketError(cause, label, "open"));
    const onClose = () => giveUp(normalizeSocketError("closed while connecting", label, "open"));
    const onAbort = () =>
      giveUp(new TransportError("QKD_TRANSPORT_CLOSED", `Connecting to ${label.name} was given up`));
    const timer = setTimeout(
      () => giveUp(normalizeSocketError(`no answer within ${limits.timeoutMs} ms`, label, "open")),
      limits.timeoutMs,
    );
    socket.once(ready, onReady);
    socket.on("error", onError);
    socket.once("close", onClose);
    limits.signal?.addEventListener("abort", onAbort);
    if (limits.signal?.aborted) onAbort();
  });
}

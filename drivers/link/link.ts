import { crc32 } from "node:zlib";
import { QkdError, TransportError } from "../../errors/index.ts";
import { encodeFrame, Frame, type FrameEvent, type FrameHead, FrameScanner } from "../../protocol/index.ts";
import type { Transport } from "../transport/transport.ts";
import type { WireTap } from "../transport/wire-tap.ts";
import { diagnoseGarbage, isHopeless } from "./garbage-diagnosis.ts";
import type { LinkCounters } from "./link-counters.ts";

const STALL_MS = 1_000;

/** Who is told what a link receives. Called in the order of arrival. */
export interface LinkHandlers {
  frame(frame: Frame): void;
  /** The link is dead; called once. Undefined after `close`. */
  closed(reason: QkdError | undefined): void;
}

/** Frames over one transport, which belongs to the link. Damage is counted, not thrown. */
export interface Link {
  readonly name: string;
  readonly counters: LinkCounters;
  /** True while the rest of a frame is coming in: a reply may be waiting behind it. */
  readonly receiving: boolean;
  /** What is wrong with the line, as far as the bytes tell. */
  diagnose(): QkdError | undefined;
  /** Sends a frame. A failing write ends the link. Throws FrameError for a payload over the limit. */
  send(head: FrameHead, payload: Uint8Array): void;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Starts reading the transport. A frame that stops in the middle for `stallMs` (1 s) is given up. */
export function openLink(
  transport: Transport,
  handlers: LinkHandlers,
  options: { readonly stallMs?: number; readonly maxPayloadBytes?: number; readonly tap?: WireTap } = {},
): Link {
  const { name } = transport;
  const scanner = new FrameScanner({
    crc32,
    ...(options.maxPayloadBytes === undefined ? {} : { maxPayloadBytes: options.maxPayloadBytes }),
  });
  const garbageBytes: {
    -readonly [R in keyof LinkCounters["garbageBytes"]]: LinkCounters["garbageBytes"][R];
  } = {};
  const counters = { bytesReceived: 0, bytesSent: 0, framesReceived: 0, framesSent: 0, garbageBytes };
  let dead = false;
  let stall: NodeJS.Timeout | undefined;

  const die = (reason: QkdError | undefined) => {
    if (dead) return;
    dead = true;
    clearTimeout(stall);
    handlers.closed(reason);
  };
  const fail = (reason: QkdError) => {
    die(reason);
    void transport.close();
  };
  const take = (events: readonly FrameEvent[]) => {
    for (const event of events) {
      if (dead) return;
      options.tap?.session("fromDevice", event);
      if (event.kind === "frame") {
        counters.framesReceived += 1;
        handlers.frame(event.frame);
      } else garbageBytes[event.reason] = (garbageBytes[event.reason] ?? 0) + event.bytes;
    }
    const diagnosis = !dead && isHopeless(counters) ? diagnoseGarbage(transport, counters) : undefined;
    if (diagnosis !== undefined) fail(diagnosis);
  };
  const watchStall = () => {
    if (scanner.pendingBytes === 0 || dead) {
      clearTimeout(stall);
      stall = undefined;
    } else if (stall === undefined)
      stall = setTimeout(() => {
        stall = undefined;
        take(scanner.abandon());
        watchStall();
      }, options.stallMs ?? STALL_MS);
    else stall.refresh();
  };

  transport.bytes$.subscribe({
    next(chunk) {
      if (dead) return;
      counters.bytesReceived += chunk.length;
      take(scanner.push(chunk));
      watchStall();
    },
    error(cause) {
      die(
        cause instanceof QkdError
          ? cause
          : new TransportError("QKD_TRANSPORT_CLOSED", `${name} failed`, { retryable: true, cause }),
      );
    },
    complete: () => die(undefined),
  });

  return {
    name,
    counters,
    get receiving() {
      return scanner.pendingBytes > 0;
    },
    diagnose: () => diagnoseGarbage(transport, counters),
    send(head, payload) {
      const bytes = encodeFrame(head, payload, { crc32 });
      if (dead) return;
      counters.bytesSent += bytes.length;
      counters.framesSent += 1;
      options.tap?.session("toDevice", { kind: "frame", frame: new Frame(head, Uint8Array.from(payload)) });
      transport.write(bytes).catch((error: QkdError) => fail(error));
    },
    async close() {
      die(undefined);
      await transport.close();
    },
  };
}

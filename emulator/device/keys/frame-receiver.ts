import type { EventOf } from "../../../protocol/index.ts";

/** Where a key exchange sends its frames: the connection that started it. */
export interface FrameReceiver {
  /** Whether it reads fast enough for another frame. */
  readonly takesFrames: boolean;
  event<N extends "rawKeyQtx" | "rawKeyQrx">(name: N, event: EventOf<N>, finished?: () => void): void;
}

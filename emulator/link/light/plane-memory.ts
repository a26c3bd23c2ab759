import { planeBytes, QRX_PLANES, QTX_PLANES } from "../../../protocol/index.ts";

const PLANES = QTX_PLANES.length + QRX_PLANES.length;

/** The planes of one device's half of a frame, in memory that others use afterwards. */
export interface LentPlanes {
  readonly planes: Uint8Array;
  /** Nobody looks at the planes again. Idempotent. */
  readonly finished: () => void;
}

/**
 * Memory shared with the optics' thread for the planes of key frames. It is used again when both halves of a frame are
 * finished with, so that frames at line rate leave no garbage. What nobody gives back is garbage like any other.
 */
export class PlaneMemory {
  #free: SharedArrayBuffer[] = [];

  /** Memory for the planes of a frame of up to `detections`. */
  take(detections: number): SharedArrayBuffer {
    const bytes = PLANES * planeBytes(detections);
    // What is too small stays so: frames keep their size until a key exchange begins.
    this.#free = this.#free.filter((memory) => memory.byteLength >= bytes);
    return this.#free.pop() ?? new SharedArrayBuffer(bytes);
  }

  /** The memory holds no frame. */
  giveBack(memory: SharedArrayBuffer): void {
    this.#free.push(memory);
  }

  /** The halves of a frame of `detections` that lies in `memory`. */
  lend(
    memory: SharedArrayBuffer,
    detections: number,
  ): { readonly qtx: LentPlanes; readonly qrx: LentPlanes } {
    let lent = 2;
    const half = (from: number, to: number): LentPlanes => {
      const each = planeBytes(detections);
      let finished = false;
      return {
        planes: new Uint8Array(memory, from * each, (to - from) * each),
        finished: () => {
          if (finished) return;
          finished = true;
          lent -= 1;
          if (lent === 0) this.giveBack(memory);
        },
      };
    };
    return { qtx: half(0, QTX_PLANES.length), qrx: half(QTX_PLANES.length, PLANES) };
  }
}

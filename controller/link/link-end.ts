import type { Subscription } from "rxjs";
import type { Transceiver } from "../../drivers/index.ts";
import type { DistilledSource } from "../sources/distillation/host/distilled-source.ts";
import { steadyMs } from "../steady-time.ts";
import { DetectionRate } from "./detection-rate.ts";
import type { LinkWatch } from "./link-watch.ts";

/** Frames the transceiver may send ahead: a second at line rate, so that neither a start nor the end of a block costs any. */
const CREDIT_FRAMES = 64;

/** A device that does not answer is not waited for: it ends a key exchange whose client has gone by itself. */
const STOP_MS = 1500;

/** What one end of a link tells. */
export interface LinkEndPorts {
  readonly degraded: (reason: string) => void;
  readonly failed: (error: unknown) => void;
}

/** One end of one physical link: joins the transceiver, the source of blocks that it feeds, and the watch over its health. */
export class LinkEnd {
  readonly #transceiver: Transceiver;
  readonly #source: DistilledSource;
  readonly #watch: LinkWatch;
  readonly #ports: LinkEndPorts;
  readonly #rate = new DetectionRate();
  #light = { detections: 0, gates: 0 };
  readonly #subscriptions: Subscription[] = [];

  constructor(transceiver: Transceiver, source: DistilledSource, watch: LinkWatch, ports: LinkEndPorts) {
    this.#transceiver = transceiver;
    this.#source = source;
    this.#watch = watch;
    this.#ports = ports;
  }

  /** Listens to the transceiver and to the source. */
  join(): void {
    const watch = this.#watch;
    this.#subscriptions.push(
      this.#source.consumed$.subscribe((frameId) => this.#transceiver.acknowledge(frameId)),
      this.#source.reports$.subscribe((report) => watch.tell({ type: "block", atMs: steadyMs(), report })),
      this.#source.dropped$.subscribe(({ reason }) => this.#ports.degraded(`block dropped: ${reason}`)),
      this.#source.failures$.subscribe((error) => this.#ports.failed(error)),
      this.#transceiver.rawKeys$.subscribe({
        next: (frame) => {
          this.#rate.add(frame.detections);
          this.#light.detections += frame.detections;
          this.#light.gates += Number(frame.gateCount);
          this.#source.frame(frame);
        },
        error: (cause) => this.#ports.failed(cause),
      }),
      this.#transceiver.state$.subscribe((state) =>
        watch.tell({ type: "transceiver", atMs: steadyMs(), state }),
      ),
      this.#transceiver.health$.subscribe((health) =>
        watch.tell({ type: "readings", atMs: steadyMs(), health }),
      ),
    );
  }

  /** Starts the key exchange. Rejects with DeviceError. */
  async start(options: {
    readonly creditFrames?: number;
    readonly detectionsPerFrame?: number;
  }): Promise<void> {
    await this.#transceiver.start({ creditFrames: CREDIT_FRAMES, ...options });
  }

  tick(atMs: number): void {
    this.#watch.tell({ type: "light", atMs, ...this.#light });
    this.#light = { detections: 0, gates: 0 };
    const perS = this.#rate.perSecond(atMs);
    if (perS !== null) this.#watch.tell({ type: "detections", atMs, perS });
  }

  /** Stops the key exchange alone: nothing more is distilled until the next start. Never rejects. */
  async halt(): Promise<void> {
    await this.#transceiver.stop().catch((error: unknown) => this.#ports.failed(error));
  }

  /** Stops the key exchange; the transceiver stays its owner's to close. */
  async close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, STOP_MS);
      void this.#transceiver
        .stop()
        .catch(() => {})
        .then(() => {
          clearTimeout(late);
          resolve();
        });
    });
  }
}

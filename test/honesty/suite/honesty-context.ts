import { createHash } from "node:crypto";
import { createOptics, type Optics, type OpticsSetup } from "../../../emulator/index.ts";

/** Makes optics: the honest ones, or the honest ones behind a decorator that plants a fault. */
export type OpticsFactory = (setup: OpticsSetup) => Promise<Optics>;

/** How much is sampled: `fast` belongs to every test run, `full` to an audit. */
export type Scale = "fast" | "full";

/** What a run of the suite is made from. */
export interface HonestyContextOptions {
  readonly scale: Scale;
  readonly seed: bigint;
  readonly openOptics?: OpticsFactory;
  readonly onProgress?: (text: string) => void;
}

/** What the tests share: optics, sample sizes, seeds, and samples that more than one test looks at. */
export class HonestyContext {
  readonly scale: Scale;
  readonly seed: bigint;
  readonly openOptics: OpticsFactory;
  readonly progress: (text: string) => void;
  readonly #samples = new Map<string, Promise<unknown>>();

  constructor(options: HonestyContextOptions) {
    this.scale = options.scale;
    this.seed = options.seed;
    this.openOptics = options.openOptics ?? createOptics;
    this.progress = options.onProgress ?? (() => {});
  }

  /** The value for this run's scale. */
  sized<T>(sizes: Readonly<Record<Scale, T>>): T {
    return sizes[this.scale];
  }

  /** Seed of one sample: SHA-256 over the run's seed and the sample's name, so that no two samples share numbers. */
  seedFor(sample: string): bigint {
    const digest = createHash("sha256").update(`honesty ${this.seed} ${sample}`).digest();
    return digest.readBigUInt64LE(0);
  }

  /** A sample by its name, taken once. */
  sample<T>(name: string, take: () => Promise<T>): Promise<T> {
    const known = this.#samples.get(name);
    if (known !== undefined) return known as Promise<T>;
    const taken = take();
    this.#samples.set(name, taken);
    return taken;
  }
}

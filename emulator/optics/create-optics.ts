import { createSamplerKernel } from "../../kernels/index.ts";
import { checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import { checkLinkParameters, type LinkParameters, requireInRange } from "../../physics/index.ts";
import { applyControl } from "./apply-control.ts";
import { nominalConditions } from "./conditions.ts";
import type { OpticsControl } from "./control.ts";
import { LinkOptics } from "./link-optics.ts";
import type { Optics } from "./optics.ts";
import type { StreamName } from "./random/subseed.ts";
import { ReferenceSampler } from "./sampler/reference-sampler.ts";
import { samplerSeed, streamSeeds } from "./sampler/stream-keys.ts";
import { TruthTap } from "./truth/truth-tap.ts";

/** What the optics of a link are made from. */
export interface OpticsSetup {
  readonly link: LinkParameters;
  /** 64 bits; every random draw comes from it. */
  readonly seed: bigint;
  /** Other seeds for single streams, to show that one does not disturb another. */
  readonly streams?: Partial<Record<StreamName, bigint>>;
  /** Changes in force from the first gate on. */
  readonly controls?: readonly OpticsControl[];
  /** Frames carry what really happened. Slow; for tests. */
  readonly truth?: boolean;
  /** The sampler in plain TypeScript instead of the kernel: the same frames, slower. Implied by `truth`. */
  readonly plain?: boolean;
}

const SEED = maybe(rule.bigint);
const STREAMS: RulesOf<Record<StreamName, bigint>> = {
  alice: SEED,
  bob: SEED,
  eve: SEED,
  channel: SEED,
  detectors: SEED,
  counts: SEED,
  drift: SEED,
  truth: SEED,
};
const RULES: RulesOf<OpticsSetup> = {
  link: rule.anyObject,
  seed: rule.bigint,
  streams: maybe(rule.object<Record<StreamName, bigint>>(STREAMS)),
  controls: maybe(rule.list(rule.anyObject)),
  truth: maybe(rule.flag),
  plain: maybe(rule.flag),
};

/**
 * Emulated photons of one link.
 * @throws ConfigError QKD_PHYSICS_RANGE for impossible parameters, QKD_KERNEL_UNAVAILABLE where the kernels are not
 * built.
 */
export async function createOptics(setup: OpticsSetup): Promise<Optics> {
  checkOptions("the setup of createOptics", setup, RULES);
  checkLinkParameters(setup.link);
  requireInRange("seed", Number(setup.seed), { min: 0, max: 2 ** 64 });
  const conditions = (setup.controls ?? []).reduce(applyControl, nominalConditions(setup.link));
  const seeds = streamSeeds(setup.seed, setup.streams);
  const seed = samplerSeed(setup.seed, setup.streams);
  if (setup.truth === true) {
    const tap = new TruthTap(seeds);
    return new LinkOptics({ conditions, seeds, sampler: new ReferenceSampler(seed, tap), tap });
  }
  const sampler = setup.plain === true ? new ReferenceSampler(seed) : await createSamplerKernel(seed);
  return new LinkOptics({ conditions, seeds, sampler });
}

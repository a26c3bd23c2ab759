import { type EventSampler, WINDOW_GATES } from "../../kernels/index.ts";
import { requireInRange } from "../../physics/index.ts";
import { applyControl } from "./apply-control.ts";
import type { OpticsConditions } from "./conditions.ts";
import type { OpticsControl } from "./control.ts";
import { drifted } from "./drift/drifted.ts";
import { sliceGates } from "./drift/slice-gates.ts";
import { UsualDrift } from "./drift/usual-drift.ts";
import { clockDelayPs } from "./effects/clock-drift.ts";
import { biasSagV } from "./effects/detector.ts";
import { driftedPhaseRad, drifts } from "./effects/phase-drift.ts";
import { assembleFrame } from "./frame/assemble-frame.ts";
import { slippedFrame } from "./frame/slipped-frame.ts";
import type { FrameLimits, Optics, OpticsFrame } from "./optics.ts";
import { counterUniform } from "./random/counter-uniform.ts";
import { buildTables } from "./sampler/build-tables.ts";
import { aliceSettings } from "./sampler/settings.ts";
import type { StreamSeeds } from "./sampler/stream-keys.ts";
import type { FrameTruth } from "./truth/frame-truth.ts";
import type { TruthTap } from "./truth/truth-tap.ts";

interface LinkOpticsSetup {
  readonly conditions: OpticsConditions;
  readonly seeds: StreamSeeds;
  readonly sampler: EventSampler;
  readonly tap?: TruthTap;
}

/** Drives the event sampler over stretches of constant conditions: windows, drift slices, changes by control. */
export class LinkOptics implements Optics {
  #conditions: OpticsConditions;
  readonly #seeds: StreamSeeds;
  readonly #sampler: EventSampler;
  readonly #tap: TruthTap | undefined;
  /** First gate of the sampler's window. */
  #windowStart = 0n;
  /** Offset in the window where the loaded tables end to be valid. */
  #tablesUntil = 0;
  #frameId = 0;
  #drift: UsualDrift | undefined;
  #driftSeed: bigint | undefined;
  /** The constants that the sampler has. */
  #words: Uint32Array = new Uint32Array();

  constructor(setup: LinkOpticsSetup) {
    this.#conditions = setup.conditions;
    this.#seeds = setup.seeds;
    this.#sampler = setup.sampler;
    this.#tap = setup.tap;
    this.#followDrift();
    this.#loadTables();
  }

  get conditions(): OpticsConditions {
    return this.#conditions;
  }

  get gate(): bigint {
    return this.#windowStart + BigInt(this.#sampler.position);
  }

  control(change: OpticsControl): void {
    const before = this.#conditions;
    this.#conditions = applyControl(before, change);
    this.#followDrift();
    try {
      this.#loadTables();
    } catch (error) {
      this.#conditions = before;
      this.#followDrift();
      throw error;
    }
  }

  nextFrame(limits: FrameLimits, place?: Uint8Array): OpticsFrame & { readonly truth?: FrameTruth } {
    requireInRange("maxDetections", limits.maxDetections, { min: 1, max: 2 ** 24, integer: true });
    requireInRange("maxGates", Number(limits.maxGates), { min: 1, max: 2 ** 34 });
    const firstGate = this.gate;
    const endGate = firstGate + limits.maxGates;
    this.#tap?.beginFrame();
    this.#sampler.beginFrame(limits.maxDetections);
    for (;;) {
      const left = Number(endGate - this.#windowStart);
      if (this.#sampler.run(Math.min(left, this.#tablesUntil))) break;
      if (this.#sampler.position === left) break;
      this.#nextStretch();
    }
    const sampled = this.#sampler.endFrame(place);
    const uniform = counterUniform(this.#seeds.counts, firstGate);
    const conditions = this.#conditionsNow();
    const straight = assembleFrame(sampled, this.#frameId++, firstGate, conditions, uniform, limits.withTags);
    const frame = slippedFrame(straight, sampled.gapBytes, conditions.slipGates, (gate) =>
      aliceSettings(this.#words, Number(gate & 0xffffffffn), Number(gate >> 32n)),
    );
    const truth = this.#tap?.endFrame(conditions);
    this.#saturate(frame);
    return truth === undefined ? frame : { ...frame, truth };
  }

  #followDrift(): void {
    const seed = this.#conditions.drift?.seed;
    if (seed === this.#driftSeed) return;
    this.#driftSeed = seed;
    this.#drift = seed === undefined ? undefined : new UsualDrift(seed);
  }

  /** The bias of the next frame follows the avalanches of this one. */
  #saturate({ qrx: { clicksPerDetector }, gateCount }: OpticsFrame): void {
    if (this.#conditions.biasResistorOhm === 0) return;
    this.#conditions = {
      ...this.#conditions,
      biasSagV: biasSagV(this.#conditions, clicksPerDetector, Number(gateCount)),
    };
    this.#loadTables();
  }

  /** Goes over to the next window or drift slice. */
  #nextStretch(): void {
    if (this.#sampler.position === WINDOW_GATES) {
      this.#windowStart += BigInt(WINDOW_GATES);
      const high = Number(this.#windowStart >> 32n);
      const low = Number(this.#windowStart & 0xffffffffn);
      this.#sampler.enterWindow(high, low, WINDOW_GATES);
      this.#tap?.enterWindow(this.#windowStart);
    }
    if (drifts(this.#conditions)) this.#phaseDrift();
    this.#loadTables();
  }

  #phaseDrift(): void {
    const uniform = counterUniform(this.#seeds.drift, this.gate);
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    this.#conditions = { ...this.#conditions, phaseErrorRad: driftedPhaseRad(this.#conditions, normal) };
  }

  #loadTables(): void {
    const tables = buildTables(this.#conditionsNow(), this.#seeds);
    this.#words = tables.words;
    this.#sampler.load(tables.words);
    this.#tap?.load(tables);
    const slice = sliceGates(this.#conditions);
    const next = (Math.floor(this.#sampler.position / slice) + 1) * slice;
    this.#tablesUntil = Math.min(WINDOW_GATES, next);
  }

  /** Conditions with what the usual drift makes of them at this gate. */
  #conditionsNow(): OpticsConditions {
    const { drift, link } = this.#conditions;
    const seconds = Number((drift?.gatesBefore ?? 0n) + this.gate) / link.clockHz;
    const delayPs = clockDelayPs(this.#conditions, seconds);
    const now =
      delayPs === 0
        ? this.#conditions
        : { ...this.#conditions, arrivalPs: this.#conditions.arrivalPs + delayPs };
    return this.#drift === undefined ? now : drifted(now, this.#drift.at(seconds));
  }
}

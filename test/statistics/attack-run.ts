import { createHash } from "node:crypto";
import {
  type BlockReport,
  DEFAULT_HEALTH_POLICY,
  type DistillationSettings,
  expectationOf,
  type HealthPolicy,
  healthStep,
  INITIAL_HEALTH,
  type Indicator,
  isSuspect,
  type LinkHealth,
} from "../../controller/index.ts";
import { BitString } from "../../controller/sources/distillation/memory/bit-string.ts";
import { createOptics, type Optics, type OpticsControl, type OpticsFrame } from "../../emulator/index.ts";
import type { Kernels } from "../../kernels/index.ts";
import type { LinkParameters } from "../../physics/index.ts";
import { DistillationRig, type Side } from "../integration/distillation-rig.ts";
import type { EngineFrame } from "../integration/distillation-source.ts";

/** Something that happens to the light at a gate. */
export interface Happening {
  readonly atGate: bigint;
  readonly control: OpticsControl;
}

export interface AttackRun {
  readonly kernels: Kernels;
  readonly link: LinkParameters;
  readonly seed: bigint;
  readonly blockBits: number;
  readonly blocks: number;
  readonly detectionsPerFrame?: number;
  /** In force from the first gate. */
  readonly controls?: readonly OpticsControl[];
  /** In the order of gates. */
  readonly happenings?: readonly Happening[];
  /** A device whose bit planes are all zero from one gate up to another. */
  readonly zeros?: { readonly of: "qtx" | "qrx"; readonly fromGate: bigint; readonly toGate: bigint };
}

/** A block as the health policies of both sites judged it. */
export interface JudgedBlock {
  readonly report: BlockReport;
  /** Link time of the block's end, seconds. */
  readonly endS: number;
  readonly indicators: readonly Indicator[];
  readonly backgroundLight: number | null;
  /** Alice's and Bob's decision to withhold the key. */
  readonly withheld: Readonly<Record<Side, boolean>>;
}

const LONGEST_FRAME_S = 0.25;
const SIDES = ["alice", "bob"] as const;

/** Real photons, both real engines and both sites' health policies, without processes: every block in order. */
export async function runAttack(run: AttackRun): Promise<JudgedBlock[]> {
  const { link, blockBits, blocks } = run;
  const settings: DistillationSettings = {
    link,
    blockBits,
    epsilonSecrecy: 1e-10,
    epsilonCorrectness: 1e-15,
    maxLeakFraction: 1,
    cohortBits: Math.min(blockBits, 1 << 18),
  };
  const policy: HealthPolicy = { ...DEFAULT_HEALTH_POLICY, expected: expectationOf(link) };
  const optics = await createOptics({ link, seed: run.seed, controls: run.controls ?? [] });
  const rig = new DistillationRig({
    kernels: run.kernels,
    settings: { alice: settings, bob: settings },
  }).connect();
  const source = new FrameSource(optics, link, run);
  const health: Record<Side, LinkHealth> = { alice: INITIAL_HEALTH, bob: INITIAL_HEALTH };
  const judged: JudgedBlock[] = [];
  while (judged.length < blocks) {
    rig.frame(zeroed(source.next(), run.zeros)).settle();
    const failures = [...rig.log.alice.failures, ...rig.log.bob.failures];
    if (failures[0] !== undefined) throw failures[0];
    const ended = { alice: reportsOf(rig, "alice"), bob: reportsOf(rig, "bob") };
    for (let at = judged.length; at < Math.min(ended.alice.length, ended.bob.length); at++) {
      const withheld = { alice: false, bob: false };
      for (const side of SIDES) {
        const report = ended[side][at]!;
        withheld[side] = isSuspect(health[side], report, policy);
        [health[side]] = healthStep(health[side], { type: "block", atMs: 1000 * at, report }, policy);
      }
      const { indicators, backgroundLight } = health.bob;
      const endS = Number(optics.gate) / link.clockHz;
      judged.push({ report: ended.bob[at]!, endS, indicators, backgroundLight, withheld });
    }
  }
  return judged;
}

/** Names of the attacks that a block's indicators point at, each once. */
export function attacksOf({ indicators }: JudgedBlock): string[] {
  return [...new Set(indicators.map(({ attack }) => attack))].sort();
}

/** Names of the indicators of any of the blocks, each once. */
export function namesOf(blocks: readonly JudgedBlock[]): string[] {
  return [...new Set(blocks.flatMap(({ indicators }) => indicators.map(({ name }) => name)))].sort();
}

function reportsOf(rig: DistillationRig, side: Side): BlockReport[] {
  const { blocks, aborted } = rig.log[side];
  return [...blocks.map(({ report }) => report), ...aborted].sort((a, b) => a.sequence - b.sequence);
}

type Pair = { readonly qtx: EngineFrame; readonly qrx: EngineFrame };

function zeroed(pair: Pair, zeros: AttackRun["zeros"]): Pair {
  const { firstGate } = pair.qtx;
  if (zeros === undefined || firstGate < zeros.fromGate || firstGate >= zeros.toGate) return pair;
  const frame = pair[zeros.of];
  return { ...pair, [zeros.of]: { ...frame, planes: new Uint8Array(frame.planes.length) } };
}

/** Frames as the emulated link cuts them; what happens to the light does not wait for the end of a frame. */
class FrameSource {
  readonly #optics: Optics;
  readonly #detections: number;
  readonly #gates: bigint;
  #left: Happening[];
  #frameId = 0;

  constructor(optics: Optics, link: LinkParameters, run: AttackRun) {
    this.#optics = optics;
    this.#detections = run.detectionsPerFrame ?? 1 << 15;
    this.#gates = BigInt(Math.round(link.clockHz * LONGEST_FRAME_S));
    this.#left = [...(run.happenings ?? [])];
  }

  next(): Pair {
    const parts: OpticsFrame[] = [];
    const firstGate = this.#optics.gate;
    let detections = 0;
    while (detections < this.#detections && this.#optics.gate < firstGate + this.#gates) {
      const next = this.#left[0];
      if (next !== undefined && next.atGate <= this.#optics.gate) {
        this.#optics.control(next.control);
        this.#left = this.#left.slice(1);
        continue;
      }
      const end = firstGate + this.#gates;
      const until = next !== undefined && next.atGate < end ? next.atGate : end;
      const part = this.#optics.nextFrame({
        maxDetections: this.#detections - detections,
        maxGates: until - this.#optics.gate,
      });
      detections += part.detections;
      parts.push(part);
    }
    return joined(parts, this.#frameId++);
  }
}

function joined(parts: readonly OpticsFrame[], frameId: number): Pair {
  const sum = (of: (part: OpticsFrame) => number) => parts.reduce((total, part) => total + of(part), 0);
  const detections = sum((part) => part.detections);
  const gates = sum((part) => Number(part.gateCount));
  const both = {
    sessionNumber: 1,
    frameId,
    firstGate: parts[0]!.firstGate,
    gateCount: BigInt(gates),
    detections,
    gateDigest: new Uint8Array(createHash("sha256").update(String(frameId)).digest()),
    planeBytes: (detections + 7) >> 3,
  };
  const planes = (...of: ((part: OpticsFrame) => Uint8Array)[]) =>
    new Uint8Array(
      Buffer.concat(
        of.map((plane) => {
          const bits = new BitString(detections);
          for (const part of parts) bits.append(plane(part), part.detections);
          return bits.take();
        }),
      ),
    );
  return {
    qtx: {
      ...both,
      role: "qtx",
      planes: planes(
        ({ qtx }) => qtx.basis,
        ({ qtx }) => qtx.bit,
        ({ qtx }) => qtx.intensityLow,
        ({ qtx }) => qtx.intensityHigh,
      ),
      sent: [0, 1, 2, 3, 4, 5].map((index) => sum(({ qtx }) => qtx.sent[index]!)),
    },
    qrx: {
      ...both,
      role: "qrx",
      planes: planes(
        ({ qrx }) => qrx.basis,
        ({ qrx }) => qrx.bit,
      ),
      doubleClicks: sum(({ qrx }) => qrx.doubleClicks),
      photocurrentNa: sum(({ qrx, gateCount }) => qrx.photocurrentNa * Number(gateCount)) / gates,
    },
  };
}

/** What the indicators of blocks say, one line each. */
export const evidence = (blocks: readonly JudgedBlock[]): string[] =>
  blocks.flatMap(({ indicators }) => indicators.map(({ name, evidence }) => `${name}: ${evidence}`));

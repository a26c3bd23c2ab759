import { createHash } from "node:crypto";
import type { DistillationSettings, FrameFacts } from "../../controller/index.ts";
import { LINK_PRESETS } from "../../physics/index.ts";

/** A link whose statistics allow a key from blocks of 20,000 bits. */
export const SMALL_LINK = {
  ...LINK_PRESETS.yuan2018.link,
  channelLossDb: 0,
  intensities: [0.6, 0.15, 0] as const,
  intensityProbabilities: [0.5, 0.3, 0.2] as const,
  aliceZProbability: 0.6,
  bobZProbability: 0.6,
};

export const SMALL_SETTINGS: DistillationSettings = {
  link: SMALL_LINK,
  blockBits: 24_000,
  epsilonSecrecy: 1e-6,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 0.4,
  cohortBits: 8_000,
  cohortsInFlight: 4,
  authenticationBytes: 256,
};

/** Small fast generator of test data (splitmix-like on 32 bits); not for keys. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

export interface SourceOptions {
  readonly seed?: number;
  readonly detections?: number;
  readonly sessionNumber?: number;
  readonly qber?: { readonly z: number; readonly x: number };
}

/** A raw-key frame as it comes to an engine. */
export type EngineFrame = FrameFacts & { readonly planes: Uint8Array };

/** The two halves of one frame. */
export interface FramePair {
  readonly qtx: EngineFrame;
  readonly qrx: EngineFrame;
}

/**
 * Correlated raw key as two honest transceivers would report it: basis and intensity drawn by Alice and Bob, gains of a
 * lossy channel without background, independent errors. One pair a call, frame numbers rising from 0.
 */
export function frameSource(options: SourceOptions = {}) {
  const random = numbers(options.seed ?? 1);
  const n = options.detections ?? 4096;
  const transmittance = SMALL_LINK.detectorEfficiency[0];
  const gains = SMALL_LINK.intensities.map((k) => 1e-6 + 1 - Math.exp(-k * transmittance));
  const weights = SMALL_LINK.intensityProbabilities.map((p, k) => p * (gains[k] ?? 0));
  const gain = weights.reduce((a, b) => a + b, 0);
  const gates = Math.ceil(n / gain);
  let frameId = 0;
  return (qber = options.qber ?? { z: 0.01, x: 0.01 }): FramePair => {
    const planeBytes = (n + 7) >> 3;
    const qtx = new Uint8Array(4 * planeBytes);
    const qrx = new Uint8Array(2 * planeBytes);
    const set = (planes: Uint8Array, plane: number, i: number, bit: number) => {
      const at = plane * planeBytes + (i >> 3);
      planes[at] = (planes[at] ?? 0) | (bit << (i & 7));
    };
    for (let i = 0; i < n; i++) {
      const draw = random() * gain;
      const intensity = draw < weights[0]! ? 0 : draw < weights[0]! + weights[1]! ? 1 : 2;
      const aliceX = random() < SMALL_LINK.aliceZProbability ? 0 : 1;
      const bobX = random() < SMALL_LINK.bobZProbability ? 0 : 1;
      const bit = random() < 0.5 ? 0 : 1;
      const rate = aliceX !== bobX || intensity === 2 ? 0.5 : aliceX ? qber.x : qber.z;
      const wrong = random() < rate ? 1 : 0;
      set(qtx, 0, i, aliceX);
      set(qtx, 1, i, bit);
      set(qtx, 2, i, intensity & 1);
      set(qtx, 3, i, intensity >> 1);
      set(qrx, 0, i, bobX);
      set(qrx, 1, i, bit ^ wrong);
    }
    const id = frameId++;
    const both = {
      sessionNumber: options.sessionNumber ?? 1,
      frameId: id,
      firstGate: BigInt(id) * BigInt(gates),
      gateCount: BigInt(gates),
      detections: n,
      gateDigest: new Uint8Array(createHash("sha256").update(`${options.seed}/${id}`).digest()),
      planeBytes,
    };
    const pz = SMALL_LINK.aliceZProbability;
    const sent = [pz, 1 - pz].flatMap((basis) =>
      SMALL_LINK.intensityProbabilities.map((p) => Math.round(gates * basis * p)),
    );
    return {
      qtx: { ...both, role: "qtx", planes: qtx, sent },
      qrx: { ...both, role: "qrx", planes: qrx, doubleClicks: 3, photocurrentNa: 12.5 },
    };
  };
}

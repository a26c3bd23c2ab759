import type { BlockReport } from "../block-report.ts";
import { reconciliationEfficiency } from "../closing/key-length.ts";
import type { AgreedSettings } from "../settings.ts";
import type { Block } from "./block.ts";

/** Statistics of a block that is decided on. */
export function reportOf(block: Block, settings: AgreedSettings): BlockReport {
  const { counts, ledger, decision, readings } = block;
  const keyBits = counts.siftedOf(0);
  const testBits = counts.siftedOf(1);
  const reason = decision?.reason ?? "noSecretKey";
  const oneWay = ledger.aliceBits + ledger.tagBits;
  const bothWays = ledger.bothWaysBits + ledger.tagBits;
  return {
    sequence: block.sequence,
    blockId: block.blockId,
    frames: block.frames.length,
    gates: readings.gates,
    detections: readings.detections,
    siftedZ: keyBits,
    siftedX: testBits,
    qber: { z: share(counts.errorsOf(0), keyBits), x: share(counts.errorsOf(1), testBits) },
    counts: { sent: [...counts.sent], sifted: [...counts.sifted], errors: [...counts.errors] },
    leakBits: decision?.leakBits ?? oneWay,
    reconciliationEfficiency: reconciliationEfficiency(oneWay, counts.errorsOf(0), keyBits),
    reconciliationEfficiencyBothWays: reconciliationEfficiency(bothWays, counts.errorsOf(0), keyBits),
    singlePhotonBits: decision?.singlePhotonBits ?? 0,
    phaseErrorRate: decision?.phaseErrorRate ?? 0.5,
    secretBits: decision?.secretBits ?? 0,
    epsilon: {
      secrecy: settings.epsilonSecrecy,
      correctness: block.collisionBound,
      authentication: block.forgeryBound,
    },
    aborted: reason === "none" ? null : reason,
    doubleClicks: readings.doubleClicks,
    photocurrentNa: readings.photocurrentNa,
    photocurrentPeakNa: readings.photocurrentPeakNa,
    load: readings.load,
    ones: { z: counts.ones[0], x: counts.ones[1] },
    openedAtMs: block.openedAtMs,
    collectedAtMs: block.collectedAtMs,
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../../../kernels/index.ts";
import { Block } from "../block/block.ts";
import { authMaterialBytes, DirectionAuthentication } from "../block/block-authentication.ts";
import { BitString } from "../memory/bit-string.ts";
import { WordPool } from "../memory/word-pool.ts";
import { Reconciliation } from "../reconciliation/reconciliation.ts";
import type { SessionPort, Told } from "../session/session-port.ts";
import { SiftedIntensities } from "../sifting/sifted-intensities.ts";
import { BobReconciler } from "./bob-reconciler.ts";

const BITS = 128;
const ONES = new Uint8Array(BITS / 8).fill(255);

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** A block of Bob's whose cohorts are all settled: every bit of the key basis differed. */
function reconciled(): Block {
  const words = new WordPool();
  const sessionId = new Uint8Array(32);
  const context = { sessionId, settingsDigest: new Uint8Array(32), sequence: 9 };
  const direction = (site: "alice" | "bob") => {
    const material = new Uint8Array(authMaterialBytes(kernels.hash)).fill(1);
    return new DirectionAuthentication(kernels.hash, { offset: 0, material }, site, context);
  };
  const block = new Block({
    sequence: 9,
    sessionId,
    frames: [],
    tags: { own: direction("bob"), peer: direction("alice") },
    key: new BitString(BITS, words),
    intensities: new SiftedIntensities(BITS, words),
    openedAtMs: 0,
    collectedAtMs: 0,
  });
  const wrong = new BitString(BITS, words);
  for (const bits of [block.key, wrong]) bits.append(ONES, BITS);
  block.intensities?.decoy.append(ONES, BITS);
  block.intensities?.vacuum.append(ONES, BITS);
  block.reconciliation = new Reconciliation({
    deal: { bits: BITS, cohorts: 1 },
    qberPpm: 1,
    seed: new Uint8Array(32),
    wrong,
  });
  return block;
}

/** What of a session the counting of errors needs; `told` gets its messages. */
function sessionOf(told: unknown[]): SessionPort {
  const tell = <T>(_block: Block, _message: unknown, value: Told<T>) => told.push(value);
  return { kernels, openLimit: 1, tell } as Partial<SessionPort> as SessionPort;
}

describe("Bob's errors", () => {
  it("are wiped with all that he kept for them, as soon as they are counted", () => {
    const block = reconciled();
    const told: unknown[] = [];
    const { intensities, reconciliation } = block;
    const kept = [reconciliation?.wrong?.bytes, intensities?.decoy.bytes, intensities?.vacuum.bytes];
    expect(kept.map((bytes) => bytes?.every((byte) => byte === 255))).toEqual([true, true, true]);
    new BobReconciler(sessionOf(told)).count(block);
    expect(kept.map((bytes) => bytes?.every((byte) => byte === 0))).toEqual([true, true, true]);
    expect(told).toEqual([expect.objectContaining({ errors: [0, 0, BITS, 0, 0, 0] })]);
    // Alice's bits, corrected from his, are still to be hashed.
    expect(block.key.bytes).toEqual(ONES);
  });
});

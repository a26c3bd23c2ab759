import { randomBytes } from "node:crypto";
import { Transcript } from "../../controller/sources/distillation/block/transcript.ts";
import { CascadeDialogue } from "../../controller/sources/distillation/reconciliation/cascade-dialogue.ts";
import { LeakLedger } from "../../controller/sources/distillation/reconciliation/leak-ledger.ts";
import type { Kernels } from "../../kernels/index.ts";
import { distillationParities } from "../../protocol/index.ts";
import { type NoisyKey, noisyKey } from "./noisy-key.ts";

/** What a dialogue over some cohorts came to. */
export interface DialogueOutcome {
  /** Alice's parities and one tag a cohort, bits. */
  readonly leakBits: number;
  readonly rounds: number;
  /** Frames of the kernel whose result differs from Alice's key. */
  readonly failedFrames: number;
  readonly frames: number;
  readonly messageBytes: number;
}

interface Side {
  readonly kernels: Kernels;
  readonly ledger: LeakLedger;
  readonly own: Transcript;
  readonly peer: Transcript;
}

/** Keys for a dialogue, made beforehand so that their making is not measured. */
export function dialogueKeys(cohorts: number, cohortBits: number, qber: number): NoisyKey[] {
  return Array.from({ length: cohorts }, () => noisyKey(cohortBits, qber));
}

/**
 * Both sites' reconciliation and verification of some cohorts at once, on one thread: the engines' own dialogue, every
 * message encoded, copied as by a socket, decoded, and hashed into both sites' transcripts.
 */
export function reconcile(
  [forAlice, forBob]: readonly [Kernels, Kernels],
  keys: readonly NoisyKey[],
  qber: number,
): DialogueOutcome {
  const alice = side(forAlice);
  const bob = side(forBob);
  const seed = new Uint8Array(randomBytes(32));
  const open = (kernels: Kernels, ledger: LeakLedger, role: "alice" | "bob") =>
    keys.map(
      (key, cohort) =>
        new CascadeDialogue(kernels, ledger, cohort, {
          role,
          qberPpm: Math.round(1e6 * qber),
          seed,
          key: key[role],
          keyBits: key.bits,
        }),
    );
  const alices = open(alice.kernels, alice.ledger, "alice");
  const bobs = open(bob.kernels, bob.ledger, "bob");
  let messageBytes = 0;
  let rounds = 0;
  let running = keys.map((_, cohort) => cohort);
  for (; running.length > 0; rounds++) {
    const fromAlice = transmit(alice, bob, pick(alices, running));
    const fromBob = transmit(bob, alice, pick(bobs, running));
    messageBytes += fromAlice.length + fromBob.length;
    for (const entry of distillationParities.decode(fromAlice).entries) bobs[entry.cohort]?.absorb(entry);
    for (const entry of distillationParities.decode(fromBob).entries) alices[entry.cohort]?.absorb(entry);
    running = running.filter((cohort) => alices[cohort]?.done === false);
  }
  let failedFrames = 0;
  for (const [cohort, key] of keys.entries()) {
    const hashKey = new Uint8Array(randomBytes(alice.kernels.hash.keyBytes));
    const result = bobs[cohort]?.result() ?? key.bob;
    const tag = alice.kernels.hash.polynomial(hashKey, key.alice);
    if (Buffer.compare(tag, bob.kernels.hash.polynomial(hashKey, result)) !== 0)
      failedFrames += differingFrames(result, key.alice);
    alices[cohort]?.free();
    bobs[cohort]?.free();
  }
  const leakBits = alice.ledger.aliceBits + 8 * alice.kernels.hash.tagBytes * keys.length;
  const frames = keys.reduce((sum, key) => sum + Math.ceil(key.bits / FRAME_BITS), 0);
  return { leakBits, rounds, failedFrames, frames, messageBytes };
}

const FRAME_BITS = 65_536;

function side(kernels: Kernels): Side {
  const transcript = () =>
    new Transcript(kernels.hash, new Uint8Array(randomBytes(kernels.hash.keyBytes)), new Uint8Array(64));
  return { kernels, ledger: new LeakLedger(), own: transcript(), peer: transcript() };
}

function pick(dialogues: readonly CascadeDialogue[], cohorts: readonly number[]): CascadeDialogue[] {
  return cohorts.flatMap((cohort) => dialogues[cohort] ?? []);
}

function transmit(from: Side, to: Side, dialogues: readonly CascadeDialogue[]): Uint8Array {
  const parts = distillationParities.encode({
    sequence: 1,
    heard: 0,
    entries: dialogues.map((dialogue) => dialogue.emit()),
  });
  from.own.add(distillationParities.kind, parts);
  const body = new Uint8Array(Buffer.concat(parts));
  to.peer.add(distillationParities.kind, [body]);
  return body;
}

function differingFrames(a: Uint8Array, b: Uint8Array): number {
  let frames = 0;
  for (let at = 0; at < a.length; at += FRAME_BITS / 8)
    if (Buffer.compare(a.subarray(at, at + FRAME_BITS / 8), b.subarray(at, at + FRAME_BITS / 8)) !== 0)
      frames += 1;
  return frames;
}

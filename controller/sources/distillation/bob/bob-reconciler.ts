import { timingSafeEqual } from "node:crypto";
import {
  distillationDisclose,
  distillationEstimates,
  distillationParities,
  distillationReconcile,
  distillationVerdict,
  distillationVerify,
  type PeerValueOf,
  planeBytes,
  type Verdict,
} from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import { outOfTurn } from "../block/out-of-turn.ts";
import { leaksTooMuch } from "../closing/key-length.ts";
import { BitString } from "../memory/bit-string.ts";
import { Scratch } from "../memory/scratch.ts";
import { WordPool } from "../memory/word-pool.ts";
import { blockErrors } from "../reconciliation/block-errors.ts";
import { CascadeDialogue } from "../reconciliation/cascade-dialogue.ts";
import { type Cohort, isToBeSampled, MAX_EXTENSIONS } from "../reconciliation/cohort.ts";
import { bitsAt, differences, samplePositions } from "../reconciliation/cohort-sample.ts";
import { dealOf, gather, scatter } from "../reconciliation/dealing.ts";
import { ExpectedErrorRate } from "../reconciliation/expected-error-rate.ts";
import { HOPELESS_RATE, isCondemned, sampleBits } from "../reconciliation/hopeless-cohort.ts";
import { Reconciliation } from "../reconciliation/reconciliation.ts";
import type { Receivers } from "../session/receivers.ts";
import type { SessionPort } from "../session/session-port.ts";

/** Bytes of the public seed of a block's permutations and subsets. */
const SEED_BYTES = 32;

/** Bob's side of reconciliation: begins cohorts, corrects his bits to Alice's, judges her tags, counts the errors. */
export class BobReconciler {
  readonly #session: SessionPort;
  readonly #pool = new WordPool();
  readonly #own = new Scratch();
  readonly #corrected = new Scratch();
  #expected: ExpectedErrorRate;

  constructor(session: SessionPort) {
    this.#session = session;
    this.#expected = new ExpectedErrorRate(session.openLimit);
  }

  /** Names the messages that it takes. */
  join(receivers: Receivers): void {
    receivers
      .inBlock(distillationParities, (block, parities) => this.#parities(block, parities))
      .inBlock(distillationVerify, (block, verify) => this.#verify(block, verify))
      .inBlock(distillationDisclose, (block, disclose) => this.#disclose(block, disclose));
  }

  /** The session is over, and what was learnt in it of the channel counts no more. */
  restart(): void {
    this.#expected = new ExpectedErrorRate(this.#session.openLimit);
  }

  /** Every frame of the block is sifted: announces the expected error rate and the seed, drawn only now. */
  open(block: Block): void {
    const session = this.#session;
    const { intensities, key, sequence } = block;
    const test = { errors: intensities?.testErrors ?? 0, bits: intensities?.testBits ?? 0 };
    const qberPpm = Math.round(1e6 * this.#expected.expect(sequence, test));
    const seed = session.random(SEED_BYTES, `cascade/${sequence}`);
    const deal = dealOf(key.bits, session.settings.cohortBits);
    const wrong = new BitString(key.bits, this.#pool);
    wrong.zeros(key.bits);
    const reconciliation = new Reconciliation({ deal, qberPpm, seed, wrong });
    block.reconciliation = reconciliation;
    session.tell(block, distillationReconcile, { qberPpm, seed });
    session.advance(block, { type: "reconcile", cohorts: deal.cohorts });
    if (qberPpm <= 1e6 * HOPELESS_RATE) return;
    // No key can come out: Alice publishes every cohort, so that the errors are counted and no work is wasted.
    while (!reconciliation.exhausted) this.#begin(reconciliation).state = "disclosing";
  }

  /** Begins cohorts while more may be under way, block by block. */
  beginCohorts(): void {
    for (const block of this.#session.blocks) {
      const { reconciliation } = block;
      if (reconciliation === null) return;
      while (!reconciliation.exhausted) {
        if (this.#isLost(block, reconciliation)) {
          const cohort = this.#begin(reconciliation);
          cohort.state = "disclosing";
          this.#answer(block, cohort, "discard");
          continue;
        }
        if (!this.#session.mayBeginCohort) return;
        const cohort = this.#begin(reconciliation);
        cohort.dialogue = this.#dialogue(block, reconciliation, cohort);
        this.#next(block, cohort);
      }
    }
  }

  /** Tells Alice the block's counts. Cascade shows in public which bits Bob flips, so the errors tell nothing new. */
  count(block: Block): void {
    const { counts, intensities, key } = block;
    const { wrong, hopeless } = reconciliationOf(block);
    if (intensities === null || wrong === null) throw outOfTurn("counts a block that is not sifted", block);
    const { decoy, vacuum, testErrors, testBits } = intensities;
    const { errors, ones } = blockErrors(this.#session.kernels.bits, { truth: key, wrong, decoy, vacuum });
    counts.addErrors(0, errors);
    counts.addOnes(0, ones);
    if (!hopeless)
      this.#expected.settled(
        block.sequence,
        { errors: counts.errorsOf(0), bits: key.bits },
        { errors: testErrors, bits: testBits },
      );
    intensities.drop();
    wrong.wipe();
    const { sent, sifted } = counts;
    this.#session.tell(block, distillationEstimates, { sent, sifted, errors: counts.errors });
  }

  /** Whether no key can come out of the block, whatever its other cohorts give: they are not reconciled then. */
  #isLost({ ledger, key }: Block, reconciliation: Reconciliation): boolean {
    return reconciliation.hopeless || leaksTooMuch(this.#session.settings, ledger, key.bits);
  }

  #begin(reconciliation: Reconciliation): Cohort {
    this.#session.cohorts(1);
    return reconciliation.begin();
  }

  #dialogue(block: Block, reconciliation: Reconciliation, cohort: Cohort): CascadeDialogue {
    const { deal, qberPpm, seed } = reconciliation;
    const { index, bits: keyBits } = cohort;
    return this.#own.within(keyBits, (words, key) => {
      gather(block.key.words, deal, index, words);
      return new CascadeDialogue(this.#session.kernels, block.ledger, index, {
        role: "bob",
        qberPpm,
        seed,
        key,
        keyBits,
      });
    });
  }

  #parities(block: Block, { entries }: PeerValueOf<typeof distillationParities>): void {
    for (const entry of entries) {
      const cohort = reconciliationOf(block).cohort(entry.cohort);
      if (cohort.state !== "reconciling" || cohort.dialogue === null)
        throw outOfTurn("sends parities of a cohort that waits for none", block, entry.cohort);
      cohort.dialogue.absorb(entry);
      this.#next(block, cohort);
    }
  }

  #next(block: Block, cohort: Cohort): void {
    const { dialogue } = cohort;
    if (dialogue === null) return;
    if (dialogue.done) cohort.state = "verifying";
    else if (isToBeSampled(cohort)) cohort.state = "sampling";
    else if (dialogue.hopeless(cohort.attempt)) cohort.state = "disclosing";
    else this.#session.queueParities(block, dialogue.emit());
  }

  #verify(block: Block, message: PeerValueOf<typeof distillationVerify>): void {
    const cohort = reconciliationOf(block).cohort(message.cohort);
    const { dialogue } = cohort;
    if (cohort.state !== "verifying" || dialogue === null || message.attempt !== cohort.attempt)
      throw outOfTurn("verifies a cohort that is not ready", block, cohort.index);
    const { hash } = this.#session.kernels;
    block.ledger.tag(8 * message.tag.length);
    block.collisionBound += hash.collisionBound(planeBytes(cohort.bits));
    const equal = this.#corrected.within(cohort.bits, (words, bytes) => {
      dialogue.result(bytes);
      if (!timingSafeEqual(hash.polynomial(message.hashKey, bytes), message.tag)) return false;
      this.#adopt(block, cohort, words);
      return true;
    });
    if (equal) {
      this.#answer(block, cohort, "equal");
      this.#settled(block, () => cohort.settle("kept"));
    } else if (cohort.attempt >= MAX_EXTENSIONS) {
      this.#answer(block, cohort, "discard");
      cohort.state = "disclosing";
    } else {
      this.#answer(block, cohort, "extend");
      this.#session.totals.extendedCohorts += 1;
      cohort.attempt += 1;
      cohort.state = "reconciling";
      dialogue.extend();
      this.#next(block, cohort);
    }
  }

  #answer(block: Block, { index, attempt }: Cohort, verdict: Verdict): void {
    block.ledger.verdict();
    this.#session.tell(block, distillationVerdict, { cohort: index, attempt, verdict });
  }

  #disclose(block: Block, message: PeerValueOf<typeof distillationDisclose>): void {
    const cohort = reconciliationOf(block).cohort(message.cohort);
    if (cohort.state === "sampling") {
      this.#judgeSample(block, cohort, message);
      return;
    }
    if (cohort.state !== "disclosing" || message.bits !== cohort.bits)
      throw outOfTurn("discloses a cohort that was not given up", block, cohort.index);
    block.ledger.disclose(cohort.bits);
    this.#session.totals.discardedCohorts += 1;
    this.#corrected.within(cohort.bits, (words, bytes) => {
      bytes.set(message.plane);
      this.#adopt(block, cohort, words);
    });
    this.#settled(block, () => reconciliationOf(block).discard(cohort));
  }

  #judgeSample(
    block: Block,
    cohort: Cohort,
    { bits, plane }: PeerValueOf<typeof distillationDisclose>,
  ): void {
    const { deal, seed } = reconciliationOf(block);
    if (bits !== sampleBits(cohort.bits))
      throw outOfTurn("discloses another sample than agreed", block, cohort.index);
    const positions = samplePositions(seed, cohort.index, cohort.bits, bits);
    const own = this.#own.within(cohort.bits, (words, bytes) => {
      gather(block.key.words, deal, cohort.index, words);
      return bitsAt(bytes, positions);
    });
    block.ledger.disclose(bits);
    cohort.sampled = true;
    const condemned = isCondemned(differences(own, plane), bits);
    this.#answer(block, cohort, condemned ? "discard" : "extend");
    cohort.state = condemned ? "disclosing" : "reconciling";
    if (!condemned) this.#next(block, cohort);
  }

  /** Alice's bits of a cohort take the place of Bob's; where they differ is kept for the counts. */
  #adopt(block: Block, { index, bits }: Cohort, truth: Int32Array): void {
    const { deal, wrong } = reconciliationOf(block);
    this.#own.within(bits, (own) => {
      gather(block.key.words, deal, index, own);
      for (let i = 0; i < own.length; i++) own[i] = (own[i] ?? 0) ^ (truth[i] ?? 0);
      if (wrong !== null) scatter(own, deal, index, wrong.words);
    });
    scatter(truth, deal, index, block.key.words);
  }

  #settled(block: Block, settle: () => void): void {
    settle();
    this.#session.cohorts(-1);
    this.#session.advance(block, { type: "cohortSettled" });
  }
}

function reconciliationOf(block: Block): Reconciliation {
  if (block.reconciliation === null) throw outOfTurn("reconciles a block that is not sifted", block);
  return block.reconciliation;
}

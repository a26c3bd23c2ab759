import {
  distillationDisclose,
  distillationParities,
  distillationReconcile,
  distillationVerdict,
  distillationVerify,
  type PeerValueOf,
  planeBytes,
} from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import { outOfTurn } from "../block/out-of-turn.ts";
import { Scratch } from "../memory/scratch.ts";
import { CascadeDialogue } from "../reconciliation/cascade-dialogue.ts";
import { type Cohort, isToBeSampled, MAX_EXTENSIONS } from "../reconciliation/cohort.ts";
import { bitsAt, samplePositions } from "../reconciliation/cohort-sample.ts";
import { dealOf, gather } from "../reconciliation/dealing.ts";
import { HOPELESS_RATE, sampleBits } from "../reconciliation/hopeless-cohort.ts";
import { Reconciliation } from "../reconciliation/reconciliation.ts";
import type { Receivers } from "../session/receivers.ts";
import type { SessionPort } from "../session/session-port.ts";

/** Alice's side of reconciliation: answers parities, names a tag of each cohort, publishes what is given up. */
export class AliceReconciler {
  readonly #session: SessionPort;
  readonly #scratch = new Scratch();

  constructor(session: SessionPort) {
    this.#session = session;
  }

  /** Names the messages that it takes. */
  join(receivers: Receivers): void {
    receivers
      .inBlock(distillationReconcile, (block, open) => this.#open(block, open))
      .inBlock(distillationParities, (block, parities) => this.#parities(block, parities))
      .inBlock(distillationVerdict, (block, verdict) => this.#verdict(block, verdict));
  }

  #open(block: Block, { qberPpm, seed }: PeerValueOf<typeof distillationReconcile>): void {
    const { cohortBits } = this.#session.settings;
    const deal = dealOf(block.key.bits, cohortBits);
    // Everything that Alice announced of this block lies before: its error rate is that of all its test bits.
    block.requireHeard(block.sent);
    // Refused before it takes the place of one that is under way, whose cohorts nobody would free.
    this.#session.advance(block, { type: "reconcile", cohorts: deal.cohorts });
    block.reconciliation = new Reconciliation({ deal, qberPpm, seed, wrong: null });
    if (qberPpm > 1e6 * HOPELESS_RATE)
      for (let index = 0; index < deal.cohorts; index++) this.#giveUp(block, this.#begin(block));
  }

  #begin(block: Block): Cohort {
    const cohort = reconciliationOf(block).begin();
    this.#session.cohorts(1);
    return cohort;
  }

  #parities(block: Block, { entries }: PeerValueOf<typeof distillationParities>): void {
    const reconciliation = reconciliationOf(block);
    for (const entry of entries) {
      const isNext = entry.cohort === reconciliation.begun && !reconciliation.exhausted;
      if (isNext && !this.#session.mayBeginCohort)
        throw outOfTurn("has more cohorts in flight than agreed", block, entry.cohort);
      const cohort = isNext ? this.#begin(block) : reconciliation.cohort(entry.cohort);
      if (cohort.state !== "reconciling")
        throw outOfTurn("sends parities of a cohort that waits for none", block, entry.cohort);
      if (cohort.dialogue === null) {
        cohort.dialogue = this.#dialogue(block, cohort);
        this.#next(block, cohort);
      }
      cohort.dialogue.absorb(entry);
      this.#next(block, cohort);
    }
  }

  #dialogue(block: Block, cohort: Cohort): CascadeDialogue {
    const { qberPpm, seed } = reconciliationOf(block);
    const { kernels } = this.#session;
    const { index, bits: keyBits } = cohort;
    return this.#withBits(
      block,
      cohort,
      (key) =>
        new CascadeDialogue(kernels, block.ledger, index, { role: "alice", qberPpm, seed, key, keyBits }),
    );
  }

  /** The cohort's bits for the time of a call. */
  #withBits<T>(block: Block, cohort: Cohort, work: (bits: Uint8Array) => T): T {
    return this.#scratch.within(cohort.bits, (words, bytes) => {
      gather(block.key.words, reconciliationOf(block).deal, cohort.index, words);
      return work(bytes);
    });
  }

  /** The cohort's next round, a sample of it, its verification, or its end. */
  #next(block: Block, cohort: Cohort): void {
    const { dialogue, index, attempt } = cohort;
    if (dialogue === null) return;
    if (!dialogue.done) {
      if (isToBeSampled(cohort)) this.#sample(block, cohort);
      else if (dialogue.hopeless(attempt)) this.#giveUp(block, cohort);
      else this.#session.queueParities(block, dialogue.emit());
      return;
    }
    cohort.state = "verifying";
    const { kernels, random } = this.#session;
    const hashKey = random(kernels.hash.keyBytes, `verify/${block.sequence}/${index}/${attempt}`);
    // Cascade flips Bob's bits only.
    const tag = this.#withBits(block, cohort, (bits) => kernels.hash.polynomial(hashKey, bits));
    block.ledger.tag(8 * tag.length);
    block.collisionBound += kernels.hash.collisionBound(planeBytes(cohort.bits));
    this.#session.tellBehindParities(block, distillationVerify, { cohort: index, attempt, hashKey, tag });
  }

  #verdict(block: Block, message: PeerValueOf<typeof distillationVerdict>): void {
    const reconciliation = reconciliationOf(block);
    const { verdict, attempt } = message;
    // Bob gives up a block by its cohorts that were not begun.
    const unbegun =
      message.cohort === reconciliation.begun && !reconciliation.exhausted && verdict === "discard";
    const cohort = unbegun ? this.#begin(block) : reconciliation.cohort(message.cohort);
    const tooOften = verdict === "extend" && cohort.attempt >= MAX_EXTENSIONS;
    const judged =
      unbegun || cohort.state === "verifying" || (cohort.state === "sampling" && verdict !== "equal");
    if (!judged || attempt !== cohort.attempt || tooOften)
      throw outOfTurn("judges a cohort that it may not judge so", block, cohort.index);
    block.ledger.verdict();
    if (cohort.state === "sampling" && verdict === "extend") {
      cohort.state = "reconciling";
      this.#next(block, cohort);
      return;
    }
    if (verdict === "equal") this.#settled(block, () => cohort.settle("kept"));
    else if (verdict === "discard") this.#giveUp(block, cohort);
    else {
      cohort.attempt += 1;
      cohort.state = "reconciling";
      cohort.dialogue?.extend();
      this.#session.totals.extendedCohorts += 1;
      this.#next(block, cohort);
    }
  }

  #sample(block: Block, cohort: Cohort): void {
    cohort.state = "sampling";
    cohort.sampled = true;
    const { index, bits } = cohort;
    const positions = samplePositions(reconciliationOf(block).seed, index, bits, sampleBits(bits));
    const plane = this.#withBits(block, cohort, (truth) => bitsAt(truth, positions));
    block.ledger.disclose(positions.length);
    this.#session.tellBehindParities(block, distillationDisclose, {
      cohort: index,
      bits: positions.length,
      plane,
    });
  }

  #giveUp(block: Block, cohort: Cohort): void {
    const { index, bits } = cohort;
    block.ledger.disclose(bits);
    this.#session.totals.discardedCohorts += 1;
    const plane = this.#withBits(block, cohort, (truth) => truth.slice());
    this.#session.tellBehindParities(block, distillationDisclose, { cohort: index, bits, plane });
    this.#settled(block, () => reconciliationOf(block).discard(cohort));
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

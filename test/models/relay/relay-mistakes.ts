import { relayStep } from "../../../controller/sources/relay/relay-step.ts";
import { MISTAKES as AGREEMENT_MISTAKES } from "../agreement-mistakes.ts";
import { PRODUCT, type Rules } from "./relay-rules.ts";
import { proofsOf, type World } from "./relay-world.ts";
import { WORLDS } from "./relay-worlds.ts";

/** A mistake, and a world in which it shows. */
export interface Mistake {
  readonly rules: Rules;
  readonly world: World;
}

/** The agreement's step with a mistake that its own model knows. */
function agreementWith(name: string): Rules["agreement"] {
  const known = AGREEMENT_MISTAKES[name];
  if (known === undefined) throw new Error(`the model of the agreement has no mistake "${name}"`);
  return known.rules.step;
}

/** The target takes the first share for the whole block. */
const oneShare: Rules["relay"] = (state, input) => {
  const [after, effects] = relayStep(state, input);
  if (input.type !== "committed" || input.work.role !== "target" || input.failure !== null)
    return [after, effects];
  const { blockId } = input.work.hop;
  const waiting = after.gathered.find((each) => each.blockId === blockId);
  if (waiting === undefined) return [after, effects];
  const gathered = after.gathered.filter((each) => each !== waiting);
  return [{ ...after, gathered }, [...effects, { do: "offer", blockId, block: waiting.block }]];
};

/** Tags that fit every key. */
const anyProofs: Rules["proofs"] = (id) => proofsOf(id, "any");

function mistake(change: Partial<Rules>, name: string): Mistake {
  const world = WORLDS[name];
  if (world === undefined) throw new Error(`there is no world "${name}"`);
  return { rules: { ...PRODUCT, ...change }, world };
}

const SMALL = "one block, crash, loss, repeat";

/** Mistakes, each of which the model must see. */
export const MISTAKES: Readonly<Record<string, Mistake>> = {
  "pads are marked used after sending": mistake({ marksLate: true }, "two blocks one way, crash, delivery"),
  "after a restart the cursor goes back to the last pad, which may have left": mistake(
    { cursorGoesBack: true },
    "two blocks one way, crash, delivery",
  ),
  "relay and delivery keep a cursor each over one half": mistake(
    { twoCursors: true },
    "two blocks one way, crash, delivery",
  ),
  "who opens a pad does not mark it": mistake({ opensUnmarked: true }, SMALL),
  "the origin releases before the target has stored": mistake({ entersAvailable: true }, SMALL),
  "the target releases as soon as it has stored": mistake(
    { agreement: agreementWith("the acceptor releases as soon as it has stored") },
    SMALL,
  ),
  "the target gives up a pending block by its own clock": mistake({ acceptorTimesOut: true }, SMALL),
  "both ends say `stored` at once and release on hearing it, while the origin voids by its clock": mistake(
    {
      originSaysStored: true,
      agreement: agreementWith(
        "both say `stored` and release on hearing it, while the proposer voids by its clock",
      ),
    },
    SMALL,
  ),
  "after a void the origin tries again under the same block id": mistake({ sameIdAgain: true }, SMALL),
  "both ends hand out the same half": mistake({ sameHalf: true }, SMALL),
  "no end-to-end hash, and a node corrupts": mistake(
    { proofs: anyProofs },
    "one block of two shares, corruption, crash",
  ),
  "the target takes the first share for the block": mistake(
    { relay: oneShare, proofs: anyProofs },
    "one block of two shares, corruption, crash",
  ),
  "the target destroys an aged block without the origin": mistake(
    { expiresAlone: true },
    "one block, refusal, repeat, expiry",
  ),
  "the origin answers `absent` for a block that it expired": mistake(
    { agreement: agreementWith("an ended block is answered `absent`") },
    "one block, refusal, repeat, expiry",
  ),
  "the origin answers `released` for a block that it does not know": mistake(
    { agreement: agreementWith("an unknown block is answered `released`") },
    SMALL,
  ),
  "the target never asks again about what is pending": mistake({ neverAsks: true }, SMALL),
  "distillation: the proposer stores a block that it has called absent": mistake(
    { agreement: agreementWith("what was called absent is taken when it comes") },
    "one distilled block, all faults",
  ),
  "between distant nodes nobody looks who sent a message, and a relay knows the tail": mistake(
    { anySender: true },
    "a relay that knows the tail and lies",
  ),
  "the tag of a hop is not looked at, and the tails are not compared": mistake(
    { anyTag: true, proofs: anyProofs },
    "one block, changed on the line",
  ),
};

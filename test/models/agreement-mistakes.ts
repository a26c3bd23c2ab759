import type { AgreementEffect, AgreementInput } from "../../controller/agreement/agreement-state.ts";
import { agreementStep } from "../../controller/agreement/agreement-step.ts";
import { goneStep } from "../../controller/pool/gone-step.ts";
import { PRODUCT, type Rules } from "./agreement-rules.ts";
import { proofsOf, type World } from "./agreement-world.ts";
import { LARGE_WORLDS, WORLDS } from "./agreement-worlds.ts";

type Step = typeof agreementStep;

/** The product's step with its effects changed. */
const changed =
  (
    change: (effects: readonly AgreementEffect[], input: AgreementInput) => readonly AgreementEffect[],
  ): Step =>
  (state, input) => {
    const [after, effects] = agreementStep(state, input);
    return [after, change(effects, input)];
  };

const release = { boundaryBytes: 64, tag: "-" };

/** Both sites say `stored`, and release on hearing it. */
const symmetric: Step = (state, input) => {
  if (input.type === "finished") {
    const { blockId, origin, sequence, lackBytes } = input.block;
    const { provenance } = input.proofs;
    const claim = {
      blockId,
      origin,
      sequence,
      provenance,
      lackBytes,
      tag: input.proofs.storedTag(lackBytes),
    };
    const heard = state.early.has(blockId);
    return [
      state,
      [
        { do: "add", blockId },
        { do: "sendStored", claim },
        ...(heard ? [{ do: "release" as const, blockId, release }] : []),
      ],
    ];
  }
  if (input.type === "stored" || input.type === "ask") {
    const { blockId } = input.claim;
    if (input.block === null)
      return [{ ...state, early: new Map(state.early).set(blockId, input.claim) }, []];
    return [state, input.block.state === "pending" ? [{ do: "release", blockId, release }] : []];
  }
  return agreementStep(state, input);
};

/** The proposer answers `released` for what it does not know, taking it for an old, spent block. */
const unknownIsReleased = changed((effects, input) =>
  input.type === "ask" && input.block === null && input.proofs === null
    ? effects.map((effect) =>
        effect.do === "sendAbsent"
          ? {
              do: "sendReleased",
              claim: {
                blockId: effect.blockId,
                boundaryBytes: 64,
                tag: `released ${effect.blockId} ${effect.blockId}v 64`,
              },
            }
          : effect,
      )
    : effects,
);

/** The proposer answers `absent` for what it has released and ended since. */
const expiredIsAbsent = changed((effects, input) =>
  (input.type === "ask" || input.type === "stored") && input.block?.state === "spent"
    ? [{ do: "sendAbsent", blockId: input.claim.blockId }]
    : effects,
);

/** The proposer answers `absent` for what it may have released before its store went back. */
const wentBackIsAbsent = changed((effects, input) =>
  (input.type === "ask" || input.type === "stored") && (input.lost || input.block?.state === "quarantined")
    ? [{ do: "sendAbsent", blockId: input.claim.blockId }]
    : effects,
);

/** The notice of a lost block does otherwise to one that is pending at the acceptor. */
const pendingIs =
  (deed: "later" | "void"): typeof goneStep =>
  (block, reason) =>
    block?.state === "pending" && !block.proposed ? deed : goneStep(block, reason);

/** The proposer hands out what it has just stored. */
const releasesEarly = changed((effects, input) =>
  input.type === "finished" && input.block.proposed
    ? [
        { do: "add", blockId: input.block.blockId },
        { do: "release", blockId: input.block.blockId, release },
      ]
    : effects,
);

/** The acceptor hands out what it has just stored. */
const acceptorReleases = changed((effects, input) =>
  input.type === "finished" && !input.block.proposed
    ? [...effects, { do: "release", blockId: input.block.blockId, release }]
    : effects,
);

/** A release is said before it is on disk. */
const saysFirst = changed((effects) =>
  effects.toSorted((one, other) => Number(other.do === "sendReleased") - Number(one.do === "sendReleased")),
);

/** What was called absent is taken when it comes. */
const refusesNothing: Step = (state, input) => agreementStep({ ...state, refused: {} }, input);

/** A mistake, and a world in which it shows. */
export interface Mistake {
  readonly rules: Rules;
  readonly world: World;
}

function mistake(change: Partial<Rules>, name: string): Mistake {
  const world = WORLDS[name] ?? LARGE_WORLDS[name];
  if (world === undefined) throw new Error(`there is no world "${name}"`);
  return { rules: { ...PRODUCT, ...change }, world };
}

/** Mistakes, each of which the model must see. */
export const MISTAKES: Readonly<Record<string, Mistake>> = {
  "both say `stored` and release on hearing it, while the proposer voids by its clock": mistake(
    { step: symmetric },
    "one block, crash, loss",
  ),
  "a block that was voided is made again under its name, and nothing refused": mistake(
    { sameNameAgain: true, step: refusesNothing },
    "one block, whose source tells nothing",
  ),
  "the acceptor voids a pending block by its own clock": mistake(
    { acceptorTimesOut: true },
    "one block, crash, loss",
  ),
  "one site destroys an aged block without the other": mistake(
    { expiresAlone: true },
    "one block that grows old",
  ),
  "an aged block is destroyed before the other site has acted on it": mistake(
    { expiresUnheard: true },
    "one block that grows old",
  ),
  "an unknown block is answered `released`": mistake({ step: unknownIsReleased }, "one block, crash, loss"),
  "an ended block is answered `absent`": mistake(
    { step: expiredIsAbsent },
    "one block that is damaged and forgotten",
  ),
  "no tail: a tag does not show the key": mistake(
    { proofs: (id) => proofsOf(id, "any") },
    "one block, keys that differ",
  ),
  "the proposer releases before the acceptor has stored": mistake(
    { step: releasesEarly },
    "one block, crash, loss",
  ),
  "the acceptor releases as soon as it has stored": mistake(
    { step: acceptorReleases },
    "one block, crash, loss",
  ),
  "a release is said before it is on disk": mistake({ step: saysFirst }, "one block, crash, loss"),
  "what was called absent is taken when it comes": mistake(
    { step: refusesNothing },
    "one block, whose source tells nothing",
  ),
  "a released block is forgotten before the acceptor knows": mistake(
    { forgetsUnheard: true },
    "one block that is damaged and forgotten",
  ),
  "what may have been released before a rollback is answered `absent`": mistake(
    { step: wentBackIsAbsent },
    "one block, whose proposer's store goes back",
  ),
  "the acceptor waits for ever for what the proposer set aside": mistake(
    { gone: pendingIs("later") },
    "one block, whose proposer's store goes back",
  ),
  "the acceptor destroys at once what the proposer set aside": mistake(
    { gone: pendingIs("void") },
    "one block, whose proposer's store goes back",
  ),
  "the acceptor never asks": mistake({ neverAsks: true }, "one block, crash, loss"),
};

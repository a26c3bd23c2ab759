import { checkArgument, rule } from "../../options/index.ts";
import {
  agreementAbsent,
  agreementAsk,
  agreementHeard,
  agreementReleased,
  agreementStored,
} from "./agreement/blocks.ts";
import { agreementGone, agreementGoneHeard } from "./agreement/gone.ts";
import { agreementOpen } from "./agreement/open.ts";
import { connectionHeartbeat } from "./connection/heartbeat.ts";
import { connectionHello } from "./connection/hello.ts";
import { connectionProof } from "./connection/proof.ts";
import type { PeerMessage } from "./declaration.ts";
import { distillationAgree } from "./distillation/agree.ts";
import {
  distillationAmplify,
  distillationDone,
  distillationEstimates,
  distillationSeed,
  distillationTag,
} from "./distillation/closing.ts";
import { distillationHave, distillationOmit } from "./distillation/frames.ts";
import { distillationHello } from "./distillation/hello.ts";
import { distillationOffer, distillationRefuse } from "./distillation/offer.ts";
import { distillationParities, distillationReconcile } from "./distillation/reconcile.ts";
import { distillationSift, distillationSiftReply } from "./distillation/sift.ts";
import { distillationDisclose, distillationVerdict, distillationVerify } from "./distillation/verify.ts";
import { hybridCombine, hybridRefuse, hybridWant } from "./hybrid/combine.ts";
import { networkStamp } from "./network/stamp.ts";
import { PEER_OWNERS, type PeerOwner } from "./owners.ts";
import { pqcAnswer, pqcConfirm, pqcOffer, pqcRefuse } from "./pqc/round.ts";
import { pqcWant } from "./pqc/want.ts";
import { relayHop } from "./relay/hop.ts";
import { relayLinks } from "./relay/links.ts";
import { relayRefused } from "./relay/refused.ts";
import { relayWant } from "./relay/want.ts";
import {
  reserveAnswer,
  reserveConfirm,
  reserveHeld,
  reserveOffer,
  reserveQuery,
  reserveWant,
} from "./reserve/recovery.ts";
import { reserveSeen, reserveUnsure } from "./reserve/witness.ts";
import { streamsClose, streamsKey, streamsOpen } from "./streams/stream.ts";

/** Every message between controllers, in the order of their kinds. */
export const PEER_MESSAGES: readonly PeerMessage<unknown>[] = [
  connectionHello,
  connectionProof,
  connectionHeartbeat,
  agreementOpen,
  agreementStored,
  agreementAsk,
  agreementReleased,
  agreementAbsent,
  agreementHeard,
  agreementGone,
  agreementGoneHeard,
  distillationHello,
  distillationOffer,
  distillationHave,
  distillationOmit,
  distillationAgree,
  distillationSift,
  distillationSiftReply,
  distillationReconcile,
  distillationParities,
  distillationVerify,
  distillationVerdict,
  distillationDisclose,
  distillationEstimates,
  distillationAmplify,
  distillationSeed,
  distillationTag,
  distillationDone,
  distillationRefuse,
  pqcWant,
  pqcOffer,
  pqcAnswer,
  pqcConfirm,
  pqcRefuse,
  relayHop,
  relayRefused,
  relayWant,
  relayLinks,
  reserveWant,
  reserveOffer,
  reserveAnswer,
  reserveConfirm,
  reserveHeld,
  reserveQuery,
  reserveUnsure,
  reserveSeen,
  networkStamp,
  hybridWant,
  hybridCombine,
  hybridRefuse,
  streamsOpen,
  streamsKey,
  streamsClose,
];

const byKind = new Map(PEER_MESSAGES.map((message) => [message.kind, message]));

/** The message of that kind, or undefined. */
export const peerMessageOf = (kind: number): PeerMessage<unknown> | undefined => byKind.get(kind);

/** The owner in whose range that kind lies, whether or not it has such a message. */
export function peerOwnerOf(kind: number): PeerOwner | undefined {
  checkArgument("kind", kind, rule.anyNumber);
  for (const [owner, { first, last }] of Object.entries(PEER_OWNERS))
    if (kind >= first && kind <= last) return owner as PeerOwner;
  return undefined;
}

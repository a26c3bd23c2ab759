import {
  distillationSift,
  type distillationSiftReply,
  type PeerValueOf,
} from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import { outOfTurn } from "../block/out-of-turn.ts";
import type { SessionPort } from "../session/session-port.ts";
import { siftAnswered } from "../sifting/sift-answered.ts";

/** Sifting messages sent ahead of Alice's answers: enough for any round trip, few enough to bound what waits. */
const OPEN_SIFTS = 16;

/** Announces the bases of an agreed block, as many frames as may be unanswered. */
export function announceBases(session: SessionPort, block: Block): void {
  const { stage } = block;
  if (stage.at !== "sifting") return;
  // Up to here Bob has told nothing of the block but its frames' bases.
  while (block.sent < stage.frames && block.sent - stage.sifted < OPEN_SIFTS) {
    const frame = block.frames[block.sent]!;
    const { detections, doubleClicks = 0, photocurrentNa = 0 } = frame.facts;
    session.tell(block, distillationSift, {
      frame: block.sent,
      doubleClicks,
      photocurrentNa,
      detections,
      basis: frame.plane(0),
    });
  }
}

/** Takes Alice's bases, intensities and test bits of the next frame. @throws PeerError QKD_PEER_PROTOCOL. */
export function takeAnswer(
  session: SessionPort,
  block: Block,
  reply: PeerValueOf<typeof distillationSiftReply>,
): void {
  const { stage, intensities } = block;
  const frame = block.frames[reply.frame];
  if (stage.at !== "sifting" || reply.frame !== stage.sifted || frame === undefined || intensities === null)
    throw outOfTurn("answers for a frame that is not the next", block);
  block.requireHeard(reply.frame + 1);
  const { gateCount: gates, detections, doubleClicks = 0, photocurrentNa = 0 } = frame.facts;
  const sifted = siftAnswered(session.kernels.bits, frame, reply, (z) => {
    block.key.append(z.bit, z.bits);
    intensities.decoy.append(z.decoy, z.bits);
    intensities.vacuum.append(z.vacuum, z.decoys);
  });
  if (typeof sifted === "string") throw outOfTurn(sifted, block);
  const { zBits, xBits, z, x, xErrors, xOnes } = sifted;
  if ([...z, ...x].some((count, index) => count > (reply.sent[index] ?? 0)))
    throw outOfTurn("names more detections than pulses", block);
  intensities.testErrors += xErrors.reduce((sum, errors) => sum + errors, 0);
  intensities.testBits += xBits;
  block.counts.addErrors(1, xErrors);
  block.counts.addOnes(1, xOnes);
  block.counts.addSent(reply.sent);
  block.counts.addSifted(0, z);
  block.counts.addSifted(1, x);
  block.readings.add({ gates, detections, doubleClicks, photocurrentNa });
  session.totals.siftedZ += zBits;
  session.totals.siftedX += xBits;
  session.advance(block, { type: "frameSifted" });
}

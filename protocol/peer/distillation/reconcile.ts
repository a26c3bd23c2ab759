import { bytes32, fixedBytes, recordsToEnd, u32, u32Within } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { cohort, inTranscript } from "./block-fields.ts";

/** Largest parities of one round of one cohort. */
export const MAX_PARITY_BYTES = 1 << 22;
const MAX_ENTRIES = 1 << 16;

/** Bob opens the reconciliation of a block. */
export const distillationReconcile = peerMessage({
  name: "distillation.reconcile",
  kind: 0x17,
  from: "bob",
  meaning: "begins the reconciliation of the block",
  limitBytes: 12 + 4 + 32,
  tagged: true,
  codec: messageCodec({
    ...inTranscript(),
    qberPpm: u32Within(1, 500_000, "expected error rate; both derive block lengths from it"),
    seed: fixedBytes(32, "public seed of permutations and subsets"),
  }),
});

/** Parities of one round of one or more cohorts. */
export const distillationParities = peerMessage({
  name: "distillation.parities",
  kind: 0x18,
  from: "either",
  meaning: "the sender's parities of one round of each cohort named",
  limitBytes: 16 << 20,
  tagged: true,
  codec: messageCodec({
    ...inTranscript(),
    entries: recordsToEnd(
      {
        cohort: cohort(),
        round: u32("number of the round"),
        parities: bytes32(MAX_PARITY_BYTES, "parities, eight a byte"),
      },
      MAX_ENTRIES,
      "cohorts",
    ),
  }),
});

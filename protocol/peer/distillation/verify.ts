import { bits, choice, fixedBytes, plane, redacted, u8 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { cohort, inTranscript } from "./block-fields.ts";

/** Largest number of key bits in one cohort. */
export const MAX_COHORT_BITS = 1 << 27;

/** Bob's judgement of a cohort: equal, needs more passes, or given up. */
export const VERDICTS = { equal: 0, extend: 1, discard: 2 } as const;
/** Bob's judgement of a cohort. */
export type Verdict = keyof typeof VERDICTS;

/** Alice's hash of a cohort. */
export const distillationVerify = peerMessage({
  name: "distillation.verify",
  kind: 0x19,
  from: "alice",
  meaning: "Alice's hash of a cohort",
  limitBytes: 12 + 4 + 1 + 16 + 16,
  tagged: true,
  codec: messageCodec({
    ...inTranscript(),
    cohort: cohort(),
    attempt: u8("0 for the first hash of the cohort, one more for each after it"),
    hashKey: fixedBytes(16, "public key of the hash, drawn for this message"),
    tag: redacted(fixedBytes(16, "hash of Alice's bits")),
  }),
});

/** Bob's judgement of a cohort. */
export const distillationVerdict = peerMessage({
  name: "distillation.verdict",
  kind: 0x1a,
  from: "bob",
  meaning: "Bob's judgement of that hash",
  limitBytes: 12 + 4 + 1 + 1,
  tagged: true,
  codec: messageCodec({
    ...inTranscript(),
    cohort: cohort(),
    attempt: u8("the attempt that is judged"),
    verdict: choice(VERDICTS, "equal, more passes (or the next round, after a sample), or given up"),
  }),
});

/** Alice's bits of a cohort that both leave out of the key, or a sample of them. */
export const distillationDisclose = peerMessage({
  name: "distillation.disclose",
  kind: 0x1b,
  from: "alice",
  meaning: "Alice's bits of a cohort that both leave out of the key, or a sample of them",
  limitBytes: 12 + 4 + 4 + MAX_COHORT_BITS / 8,
  tagged: true,
  codec: messageCodec({
    ...inTranscript(),
    cohort: cohort(),
    bits: bits(MAX_COHORT_BITS, "bits of the cohort, or of its sample"),
    plane: plane("bits", "Alice's bits"),
  }),
});

import { valueError } from "../../codec/field.ts";
import { bytes32, choice, count64, fixedBytes, fixedList, redacted, u32 } from "../../codec/kit.ts";
import { messageCodec } from "../../codec/message-codec.ts";
import { peerMessage } from "../declaration.ts";
import { BY_SETTING, inTranscript, sequence } from "./block-fields.ts";

/** Largest part of a seed in one message. */
export const SEED_CHUNK_BYTES = 1 << 20;

/** Why a block gives no key. */
export const ABORT_REASONS = { none: 0, leakAboveMaximum: 1, noSecretKey: 2, correctnessBound: 3 } as const;
/** Why a block gives no key. */
export type AbortReason = keyof typeof ABORT_REASONS;

const counts = (meaning: string) => fixedList(count64("count"), 6, `${meaning}, ${BY_SETTING}`);

/** Bob's counts of a block. */
export const distillationEstimates = peerMessage({
  name: "distillation.estimates",
  kind: 0x1c,
  from: "bob",
  meaning: "Bob's counts of the block",
  limitBytes: 12 + 3 * 48,
  tagged: true,
  codec: messageCodec({
    ...inTranscript(),
    sent: counts("pulses sent"),
    sifted: counts("detections in the basis of their pulse"),
    errors: counts("those of them with another bit than Alice's"),
  }),
});

/** Alice's decision on a block. */
export const distillationAmplify = peerMessage({
  name: "distillation.amplify",
  kind: 0x1d,
  from: "alice",
  meaning: "how long the block's key is, or why there is none",
  limitBytes: 12 + 1 + 3 * 8 + 4,
  tagged: true,
  codec: messageCodec(
    {
      ...inTranscript(),
      reason: choice(ABORT_REASONS, "why the block gives no key"),
      secretBits: count64("length of the key, 0 exactly when there is a reason"),
      leakBits: count64("bits that reconciliation and verification disclosed, as both count them"),
      createdAtMs: count64("when the block was made, Unix time"),
      authBytes: u32("bytes of the key that go to the authentication reserves (6.5)"),
    },
    ({ reason, secretBits }) => {
      if ((reason === "none") !== secretBits > 0)
        throw valueError("secretBits", "must be 0 exactly when there is a reason");
    },
  ),
});

/** Part of the seed of the final hash. */
export const distillationSeed = peerMessage({
  name: "distillation.seed",
  kind: 0x1e,
  from: "alice",
  meaning: "part of the public seed of privacy amplification",
  limitBytes: 12 + 4 + 4 + SEED_CHUNK_BYTES,
  tagged: true,
  codec: messageCodec({
    ...inTranscript(),
    offset: u32("first byte of this part in the seed; parts come in order"),
    bytes: bytes32(SEED_CHUNK_BYTES, "the part"),
  }),
});

/** The sender's tag of a block. */
export const distillationTag = peerMessage({
  name: "distillation.tag",
  kind: 0x1f,
  from: "either",
  meaning: "the sender's tag over its transcript of the block",
  limitBytes: 8 + 16,
  tagged: false,
  codec: messageCodec({
    sequence: sequence(),
    tag: redacted(fixedBytes(16, "Wegman-Carter tag over the sender's messages of the block (6.3)")),
  }),
});

/** Bob has found Alice's tag right. */
export const distillationDone = peerMessage({
  name: "distillation.done",
  kind: 0x20,
  from: "bob",
  meaning: "Alice's tag is right: the block may leave both engines",
  limitBytes: 8,
  tagged: false,
  codec: messageCodec({ sequence: sequence() }),
});

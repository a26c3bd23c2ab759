import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import {
  distillationAmplify,
  distillationDisclose,
  distillationEstimates,
  distillationReconcile,
  distillationSift,
  distillationSiftReply,
  distillationVerdict,
  distillationVerify,
  type PeerMessage,
} from "../../protocol/index.ts";
import { forged } from "./distillation-forgery.ts";
import { DistillationRig, type Side, type WireMessage } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** One message of an otherwise honest peer that is not true. */
interface Lie {
  readonly message: { readonly kind: number };
  readonly from: Side;
  readonly index: number;
  readonly body: (body: Uint8Array) => Uint8Array;
  readonly why: string;
  readonly qber: { readonly z: number; readonly x: number } | undefined;
}

function lie<T>(
  message: PeerMessage<T>,
  index: number,
  change: (value: T) => Partial<T>,
  why: string,
  qber?: { readonly z: number; readonly x: number },
): Lie {
  const from = message.from === "bob" ? "bob" : "alice";
  return { message, from, index, body: (body) => forged(message, body, change), why, qber };
}

describe("one lie of an otherwise honest peer", () => {
  const HOPELESS = { z: 0.25, x: 0.25 };
  it.each<[string, Lie]>([
    [
      "sifts a frame before its turn",
      lie(distillationSift, 2, ({ frame }) => ({ frame: frame + 1 }), "another frame"),
    ],
    ["sifts a frame twice", lie(distillationSift, 2, ({ frame }) => ({ frame: frame - 1 }), "another frame")],
    [
      "sifts a frame that is not in the block",
      lie(distillationSift, 2, () => ({ frame: 17 }), "another frame"),
    ],
    [
      "sifts other detections",
      lie(
        distillationSift,
        2,
        ({ basis }) => ({ detections: 4088, basis: basis.subarray(1) }),
        "another frame",
      ),
    ],
    [
      "answers for a frame before its turn",
      lie(distillationSiftReply, 2, () => ({ frame: 3 }), "not the next"),
    ],
    ["answers for a frame twice", lie(distillationSiftReply, 2, () => ({ frame: 1 }), "not the next")],
    [
      "answers before it heard the bases",
      lie(distillationSiftReply, 0, () => ({ heard: 0 }), "before it heard"),
    ],
    [
      "claims fewer pulses than detections",
      lie(
        distillationSiftReply,
        2,
        ({ sent }) => ({ sent: sent.map(() => 3) }),
        "more detections than pulses",
      ),
    ],
    [
      "draws its seed before it heard every answer",
      lie(distillationReconcile, 0, ({ heard }) => ({ heard: heard - 1 }), "before it heard"),
    ],
    [
      "counts before it heard every cohort",
      lie(distillationEstimates, 0, ({ heard }) => ({ heard: heard - 1 }), "before it heard", HOPELESS),
    ],
    [
      "counts other pulses",
      lie(
        distillationEstimates,
        0,
        ({ sent }) => ({ sent: sent.map((n) => n + 1) }),
        "counts a block differently",
      ),
    ],
    [
      "counts other detections",
      lie(
        distillationEstimates,
        0,
        ({ sifted }) => ({ sifted: sifted.map((n) => n + 1) }),
        "counts a block diff",
      ),
    ],
    [
      "counts more errors than detections",
      lie(
        distillationEstimates,
        0,
        ({ sifted }) => ({ errors: sifted.map((n) => n + 1) }),
        "counts a block diff",
      ),
    ],
    [
      "decides before it heard the counts",
      lie(distillationAmplify, 0, ({ heard }) => ({ heard: heard - 1 }), "before it heard"),
    ],
    [
      "wants a longer key than is proved",
      lie(
        distillationAmplify,
        0,
        ({ secretBits }) => ({ secretBits: secretBits + 512 }),
        "another key length",
      ),
    ],
    [
      "takes more of the key for authentication than the settings allow",
      lie(distillationAmplify, 0, ({ authBytes }) => ({ authBytes: authBytes + 2 }), "another share"),
    ],
    [
      "counts fewer disclosed bits",
      lie(distillationAmplify, 0, ({ leakBits }) => ({ leakBits: leakBits - 1 }), "another key length"),
    ],
    [
      "judges another attempt",
      lie(distillationVerdict, 0, () => ({ attempt: 1 }), "judges a cohort that it may not judge so"),
    ],
    [
      "verifies another attempt",
      lie(distillationVerify, 0, () => ({ attempt: 1 }), "verifies a cohort that is not"),
    ],
    [
      "discloses a cohort that was not given up",
      lie(distillationDisclose, 0, () => ({ cohort: 1 }), "discloses a cohort that was not given up", {
        z: 0.25,
        x: 0.25,
      }),
    ],
  ])("is refused by name when it %s", (_, { message, from, index, body: told, why, qber }) => {
    let lies = 0;
    const tamper = ({ kind, body, from: sender, index: at }: WireMessage): readonly Uint8Array[] => {
      if (kind !== message.kind || sender !== from || at !== index) return [body];
      lies += 1;
      return [told(body)];
    };
    const rig = new DistillationRig({ kernels, tamper }).connect();
    const next = frameSource({ seed: 41, ...(qber === undefined ? {} : { qber }) });
    for (let i = 0; i < 17; i++) rig.frame(next()).settle();
    expect(lies).toBe(1);
    expect(rig.log[from === "alice" ? "bob" : "alice"].failures[0]).toMatchObject({
      code: "QKD_PEER_PROTOCOL",
      message: expect.stringContaining(why),
    });
    expect(rig.keys("alice").size + rig.keys("bob").size).toBe(0);
  });
});

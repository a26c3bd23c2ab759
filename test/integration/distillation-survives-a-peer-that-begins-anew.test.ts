import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { distillationHello } from "../../protocol/index.ts";
import { DistillationRig, expand } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

type Lie = Partial<ReturnType<typeof distillationHello.decode>>;

/** What Bob's latest hello becomes in the hands of a liar who has taken his place. */
function helloOf(rig: DistillationRig, change: Lie): Uint8Array {
  const said = rig.wire.findLast(({ from, kind }) => from === "bob" && kind === distillationHello.kind);
  const hello = distillationHello.decode(Uint8Array.from(said?.body ?? []));
  const own = rig.wire.findLast(({ from, kind }) => from === "alice" && kind === distillationHello.kind);
  const echo = distillationHello.decode(Uint8Array.from(own?.body ?? [])).nonce;
  return new Uint8Array(Buffer.concat(distillationHello.encode({ ...hello, echo, ...change })));
}

/** Alice hears a hello of the liar's, and her answers stay with him. */
const lie = (rig: DistillationRig, change: Lie) =>
  rig.alice.step(
    [{ type: "peerMessage", kind: distillationHello.kind, body: helloOf(rig, change) }],
    rig.nowMs,
  );

function makesKeysAgain(rig: DistillationRig): void {
  rig.disconnect().settle().connect();
  const source = frameSource();
  for (let i = 0; i < 60; i++) rig.frame(source()).settle();
  expect(rig.keys("bob").size).toBeGreaterThan(0);
  expect(rig.keys("alice")).toEqual(rig.keys("bob"));
}

describe("a peer that begins one session after the other", () => {
  it("drains no reserve, is refused by name, and an honest one in its place makes keys", () => {
    const rig = new DistillationRig({ kernels }).connect();
    const outputs = Array.from({ length: 500 }, (_, i) =>
      lie(rig, { nonce: expand(`liar/${i}`, 16) }),
    ).flat();
    expect(outputs.filter(({ type }) => type === "needAuth").length).toBeLessThanOrEqual(17);
    expect(outputs.flatMap((output) => (output.type === "failure" ? [output.error.code] : []))).toEqual([
      "QKD_PEER_FLOOD",
    ]);
    makesKeysAgain(rig);
  });

  it("leaves no block number behind that no block had", () => {
    const rig = new DistillationRig({ kernels }).connect();
    lie(rig, { nonce: expand("liar", 16), nextSequence: 2 ** 32 - 1 });
    makesKeysAgain(rig);
    expect([...rig.keys("alice").keys()][0]).toBe(5);
  });
});

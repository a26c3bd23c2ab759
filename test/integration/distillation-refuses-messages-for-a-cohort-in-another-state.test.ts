import { beforeAll, describe, expect, it } from "vitest";
import { bitsOf, dealOf } from "../../controller/sources/distillation/reconciliation/dealing.ts";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import {
  distillationDisclose,
  distillationParities,
  distillationVerdict,
  distillationVerify,
  type PeerMessage,
  planeBytes,
} from "../../protocol/index.ts";
import { bodyOf } from "./distillation-forgery.ts";
import { DistillationRig, type Side, type WireMessage } from "./distillation-rig.ts";
import { frameSource, SMALL_SETTINGS } from "./distillation-source.ts";

let kernels: Kernels;
let cohortBits: number;
beforeAll(async () => {
  kernels = await createKernels();
  // Without a lie: how long the first cohort of the block is.
  const { alice } = played(() => null).log;
  const [{ report }] = alice.blocks as [(typeof alice.blocks)[number]];
  cohortBits = bitsOf(dealOf(report.siftedZ, SMALL_SETTINGS.cohortBits ?? 0), 0);
});

/** A message that nobody waits for, to one site. */
interface Stray {
  readonly to: Side;
  readonly kind: number;
  readonly body: Uint8Array;
}

/** A block, and a message that arrives before the one that `stray` first answers for. */
function played(stray: (message: WireMessage, last: Record<Side, Order>) => Stray | null): DistillationRig {
  let strays = 0;
  const last: Record<Side, Order> = { alice: { sequence: 0, heard: 0 }, bob: { sequence: 0, heard: 0 } };
  const rig: DistillationRig = new DistillationRig({
    kernels,
    tamper: (message) => {
      const found = strays === 0 ? stray(message, last) : null;
      if (found !== null) {
        strays += 1;
        const { to, ...arriving } = found;
        rig.give(to, { type: "peerMessage", ...arriving });
      }
      const order = orderOf(message);
      if (order !== null) last[message.from] = order;
      return [message.body];
    },
  });
  rig.connect();
  const next = frameSource({ seed: 41 });
  for (let i = 0; i < 17; i++) rig.frame(next()).settle();
  return rig;
}

interface Order {
  readonly sequence: number;
  readonly heard: number;
}

const OF_COHORTS: readonly PeerMessage<Order>[] = [
  distillationParities,
  distillationVerify,
  distillationVerdict,
  distillationDisclose,
];

/** What a message about cohorts says of its place in the transcript. */
function orderOf({ kind, body }: WireMessage): Order | null {
  const message = OF_COHORTS.find((each) => each.kind === kind);
  if (message === undefined) return null;
  const { sequence, heard } = message.decode(body);
  return { sequence, heard };
}

const isFirst = (message: WireMessage, kind: { readonly kind: number }, from: Side): boolean =>
  message.kind === kind.kind && message.from === from && message.index === 0;

/** When the first cohort is in a state at Bob: the message of whose arrival or leaving that is the moment before. */
const AT_BOB = {
  "is being reconciled": [distillationParities, "alice"],
  "waits for its tag": [distillationVerify, "alice"],
  "was kept": [distillationVerdict, "bob"],
} as const;

describe("Bob refuses by name", () => {
  it.each(Object.entries(AT_BOB))("the bits of a cohort that %s", (_state, [message, from]) => {
    const rig = played((sent, last) => {
      if (!isFirst(sent, message, from)) return null;
      const order = from === "alice" ? orderOf(sent) : last.alice;
      const plane = new Uint8Array(planeBytes(cohortBits));
      const body = bodyOf(distillationDisclose, {
        sequence: 0,
        heard: 0,
        ...order,
        cohort: 0,
        bits: cohortBits,
        plane,
      });
      return { to: "bob", kind: distillationDisclose.kind, body };
    });
    expectRefused(rig, "bob", "discloses a cohort that was not given up");
  });

  it.each(Object.entries(AT_BOB).slice(1))("parities of a cohort that %s", (_state, [message, from]) => {
    const rig = played((sent, last) => {
      if (!isFirst(sent, message, from)) return null;
      const order = from === "alice" ? orderOf(sent) : last.alice;
      return { to: "bob", ...parities(order) };
    });
    expectRefused(rig, "bob", "sends parities of a cohort that waits for none");
  });
});

describe("Alice refuses by name", () => {
  it.each([
    ["waits for a verdict", 0],
    ["was kept", 1],
  ])("parities of a cohort that %s", (_state, verdictsBefore) => {
    const rig = played((sent) =>
      sent.kind === distillationVerdict.kind && sent.index === verdictsBefore
        ? { to: "alice", ...parities(orderOf(sent)) }
        : null,
    );
    expectRefused(rig, "alice", "sends parities of a cohort that waits for none");
  });
});

/** Parities of the first cohort. */
function parities(order: Order | null) {
  const entries = [{ cohort: 0, round: 0, parities: new Uint8Array(8) }];
  const body = bodyOf(distillationParities, { sequence: 0, heard: 0, ...order, entries });
  return { kind: distillationParities.kind, body };
}

function expectRefused(rig: DistillationRig, side: Side, why: string): void {
  expect(rig.log[side].failures[0]).toMatchObject({
    code: "QKD_PEER_PROTOCOL",
    message: expect.stringContaining(why),
  });
  expect(rig.keys("alice").size + rig.keys("bob").size).toBe(0);
}

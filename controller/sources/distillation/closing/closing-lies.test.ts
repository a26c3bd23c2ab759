import { describe, expect, it } from "vitest";
import { expectedCounts, LINK_PRESETS, predictLink } from "../../../../physics/index.ts";
import {
  distillationAmplify,
  distillationEstimates,
  distillationSeed,
  distillationTag,
  type PeerMessage,
} from "../../../../protocol/index.ts";
import { AliceClosing } from "../alice/alice-closing.ts";
import type { Block } from "../block/block.ts";
import type { BlockStage } from "../block/block-stage.ts";
import { BobClosing } from "../bob/bob-closing.ts";
import { LeakLedger } from "../reconciliation/leak-ledger.ts";
import { Receivers } from "../session/receivers.ts";
import type { SessionPort } from "../session/session-port.ts";
import { agreedSettings } from "../settings.ts";
import { BlockCounts } from "./block-counts.ts";
import { decideKey } from "./key-length.ts";

const { link } = LINK_PRESETS.yuan2018;
const SETTINGS = agreedSettings({
  link,
  blockBits: 1e7,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 0.5,
});

/** What one site knows of a block that may be closed, and what the other one's messages make of it. */
interface Known {
  readonly at: BlockStage["at"];
  /** Disclosed share of the key-basis bits. */
  readonly leak?: number;
  readonly maxLeakFraction?: number;
  readonly collisionBound?: number;
  /** What the other site has heard of two messages. */
  readonly heard?: number;
  /** An older block is open. */
  readonly younger?: boolean;
  readonly tagIsRight?: boolean;
}

function site(role: "alice" | "bob", known: Known) {
  const settings = { ...SETTINGS, maxLeakFraction: known.maxLeakFraction ?? 0.5 };
  const { at, leak = 0.165, collisionBound = 0, heard = 2, younger = false, tagIsRight = true } = known;
  const mean = expectedCounts(link, 2.6e8, predictLink(link));
  const counts = new BlockCounts();
  counts.addSent(mean.sent.map(Math.round));
  const errors = mean.errors.map(Math.round);
  for (const basis of [0, 1] as const) {
    counts.addSifted(basis, mean.sifted.slice(3 * basis, 3 * basis + 3).map(Math.round));
    if (role === "bob") counts.addErrors(basis, errors.slice(3 * basis, 3 * basis + 3));
  }
  const ledger = new LeakLedger();
  ledger.parities(Math.round(leak * counts.siftedOf(0)));
  ledger.tag(128);
  const moved: string[] = [];
  const block = {
    sequence: 7,
    stage: { at, seedBytes: 64, filledBytes: 0, key: true },
    counts,
    ledger,
    collisionBound,
    sent: 2,
    seed: null as Uint8Array | null,
    hear: () => {},
    requireHeard: (least: number) => {
      if (heard < least) throw new Error("not heard yet");
    },
    verifyPeer: () => tagIsRight,
  };
  const session = {
    settings,
    kernels: { privacyAmplification: { seedBytes: () => 64 } },
    block: () => block as unknown as Block,
    blocks: younger ? [{}, block] : [block],
    repeatTag: () => false,
    advance: (_block: Block, { type }: { readonly type: string }) => moved.push(type),
  } as unknown as SessionPort;
  const receivers = new Receivers(session);
  (role === "alice" ? new AliceClosing(session) : new BobClosing(session)).join(receivers);
  const hear = <T>(message: PeerMessage<T>, value: Omit<T, "sequence" | "heard">) => {
    const all = { sequence: 7, heard: 2, ...value } as unknown as T;
    receivers.receive(message.kind, Buffer.concat(message.encode(all)));
    return moved;
  };
  return { block, errors, hear, own: decideKey(settings, counts, ledger, collisionBound) };
}

const REFUSED = /^out of turn: the peer /;

describe("Bob, of Alice's decision", () => {
  const decision = (known: Omit<Known, "at"> & { readonly at?: BlockStage["at"] }, change: object = {}) => {
    const { hear, own } = site("bob", { at: "counted", ...known });
    const { leakBits } = own;
    const secretBits = Math.max(256, own.secretBits);
    return () =>
      hear(distillationAmplify, {
        reason: "none",
        secretBits,
        leakBits,
        createdAtMs: 1,
        authBytes: 0,
        ...change,
      });
  };

  it("takes his own, a shorter one, and that there is no key", () => {
    expect(decision({})()).toEqual(["decided"]);
    expect(decision({}, { secretBits: 256 })()).toEqual(["decided"]);
    expect(decision({}, { secretBits: 0, reason: "noSecretKey" })()).toEqual(["decided"]);
  });

  it("refuses more than he can prove", () => {
    const { own } = site("bob", { at: "counted" });
    expect(decision({}, { secretBits: Math.floor(own.boundBits) })()).toEqual(["decided"]);
    expect(decision({}, { secretBits: Math.floor(own.boundBits) + 1 })).toThrow(REFUSED);
  });

  it.each([1, -1])("refuses a leak that differs by %d from his", (difference) => {
    const { own } = site("bob", { at: "counted" });
    const leakBits = own.leakBits + difference;
    expect(decision({}, { leakBits })).toThrow(REFUSED);
    expect(decision({}, { leakBits, reason: "noSecretKey", secretBits: 0 })).toThrow(REFUSED);
  });

  it("refuses a key of a block that leaked too much, or may differ", () => {
    const ample = { secretBits: 256 };
    const { own } = site("bob", { at: "counted", maxLeakFraction: 0.16 });
    expect(own.reason).toBe("leakAboveMaximum");
    expect(own.boundBits).toBeGreaterThan(256);
    expect(decision({ maxLeakFraction: 0.16 }, ample)).toThrow(REFUSED);
    expect(decision({ collisionBound: 1e-14 }, ample)).toThrow(REFUSED);
    expect(decision({ collisionBound: 1e-14 }, { secretBits: 0, reason: "correctnessBound" })()).toEqual([
      "decided",
    ]);
  });

  it("refuses it before he has counted, and before she has heard his counts", () => {
    expect(decision({ at: "reconciled" })).toThrow(REFUSED);
    expect(decision({ at: "decided" })).toThrow(REFUSED);
    expect(decision({ heard: 1 })).toThrow("not heard yet");
  });
});

describe("Bob, of the seed", () => {
  it("takes its parts into their places, once Alice has heard his counts", () => {
    const { block, hear } = site("bob", { at: "seeding" });
    block.seed = new Uint8Array(4);
    expect(hear(distillationSeed, { offset: 1, bytes: Uint8Array.of(5, 6) })).toEqual(["seed"]);
    hear(distillationSeed, { offset: 3, bytes: Uint8Array.of(7, 8) });
    expect([...block.seed]).toEqual([0, 5, 6, 0]);
    const early = site("bob", { at: "seeding", heard: 1 });
    expect(() => early.hear(distillationSeed, { offset: 0, bytes: new Uint8Array(1) })).toThrow(
      "not heard yet",
    );
  });
});

describe("Alice, of Bob's counts", () => {
  const estimates = (
    known: Omit<Known, "at">,
    change: (counts: Record<"sent" | "sifted" | "errors", number[]>) => void = () => {},
  ) => {
    const { block, errors, hear } = site("alice", { at: "reconciled", ...known });
    const counts = { sent: [...block.counts.sent], sifted: [...block.counts.sifted], errors };
    change(counts);
    return () => hear(distillationEstimates, counts);
  };

  it("takes those that are hers, with any errors that can be", () => {
    expect(estimates({})()).toEqual(["estimates"]);
    expect(estimates({}, ({ sifted, errors }) => void errors.splice(0, 6, ...sifted))()).toEqual([
      "estimates",
    ]);
  });

  it.each([0, 1, 2, 3, 4, 5])("refuses others in the place %d", (place) => {
    for (const difference of [1, -1])
      for (const name of ["sent", "sifted"] as const)
        expect(
          estimates({}, (counts) => {
            counts[name][place] = (counts[name][place] ?? 0) + difference;
          }),
          name,
        ).toThrow(REFUSED);
    expect(
      estimates({}, ({ sifted, errors }) => {
        errors[place] = sifted[place]! + 1;
      }),
    ).toThrow(REFUSED);
  });

  it("refuses them while an older block is open, and before he has heard all of hers", () => {
    expect(estimates({ younger: true })).toThrow(REFUSED);
    expect(estimates({ heard: 1 })).toThrow("not heard yet");
  });
});

describe.each(["alice", "bob"] as const)("the other site's tag at %s", (role) => {
  const tag = { tag: new Uint8Array(16) };

  it("moves a decided block on when it is right, and destroys it otherwise", () => {
    expect(site(role, { at: "decided" }).hear(distillationTag, tag)).toEqual(["tag"]);
    const wrong = site(role, { at: "decided", tagIsRight: false });
    expect(() => wrong.hear(distillationTag, tag)).toThrow(expect.objectContaining({ code: "QKD_AUTH_TAG" }));
  });

  it("is refused before the decision", () => {
    for (const at of ["reconciled", "counted", "seeding", "amplifying"] as const)
      expect(() => site(role, { at }).hear(distillationTag, tag)).toThrow(REFUSED);
  });
});

import { describe, expect, it } from "vitest";
import { KeyStoreError, PeerError } from "../../errors/index.ts";
import {
  agreementAnswer,
  agreementQuery,
  agreementStored,
  type BlockState,
  SecretBytes,
} from "../../protocol/index.ts";
import type { KeyPool, NewBlock } from "../pool/key-pool.ts";
import { BlockAgreement } from "./block-agreement.ts";

/** A pool that keeps states alone, as durable as the test wants it. */
class StatePool {
  readonly states = new Map<string, BlockState>();
  addPending = async (block: NewBlock) => void this.states.set(block.blockId, "pending");
  makeAvailable = async (id: string) => void this.states.set(id, "available");
  discard = async (id: string) => void this.states.delete(id);
  blockState = async (id: string) => this.states.get(id) ?? "absent";
  pending = async () =>
    [...this.states]
      .filter(([, state]) => state === "pending")
      .map(([blockId]) => ({ blockId, origin: "qkd" as const, sequence: 1 }));
}

function sites() {
  const wire = { up: true };
  const make = (pool: StatePool, other: () => BlockAgreement) =>
    new BlockAgreement({
      pool: pool as unknown as KeyPool,
      send: async (message, value) => {
        if (!wire.up) throw new PeerError("QKD_PEER_UNREACHABLE", "down");
        setImmediate(
          () =>
            void other()
              .receive(message.kind, Buffer.concat(message.encode(value)))
              .catch(() => {}),
        );
      },
      onAvailable: () => {},
      onDiscarded: () => {},
    });
  const pools = { alice: new StatePool(), bob: new StatePool() };
  const restart = () => {
    const pair: { alice: BlockAgreement; bob: BlockAgreement } = {
      alice: make(pools.alice, () => pair.bob),
      bob: make(pools.bob, () => pair.alice),
    };
    return pair;
  };
  return { wire, pools, restart };
}

const block = (digit: string): NewBlock => ({
  blockId: digit.repeat(32),
  sequence: 1,
  origin: "qkd",
  key: new SecretBytes(new Uint8Array([1, 2, 3])),
  epsilon: { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-30 },
  createdAtMs: 0,
});
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("block agreement", () => {
  it("makes a block available only after both sites stored it", async () => {
    const { pools, restart } = sites();
    const { alice, bob } = restart();
    await Promise.all([alice.begin(), bob.begin()]);
    await alice.store(block("a"));
    await settle();
    expect(pools.alice.states.get("a".repeat(32))).toBe("pending");
    await bob.store(block("a"));
    await settle();
    expect([...pools.alice.states.values(), ...pools.bob.states.values()]).toEqual([
      "available",
      "available",
    ]);
  });

  it("refuses and wipes blocks while the sites have not agreed", async () => {
    const { pools, restart } = sites();
    const { alice } = restart();
    const late = block("b");
    expect(await alice.store(late)).toBe(false);
    expect([...late.key.reveal()]).toEqual([0, 0, 0]);
    expect(pools.alice.states.size).toBe(0);
  });

  it.each([
    ["pending", "pending", "available", "available"],
    ["pending", "absent", "absent", "absent"],
    ["absent", "pending", "absent", "absent"],
    ["pending", "available", "available", "available"],
    ["available", "pending", "available", "available"],
    ["pending", "spent", "available", "spent"],
  ] as const)("settles %s/%s after a crash as %s/%s", async (a, b, aliceAfter, bobAfter) => {
    const { pools, restart } = sites();
    const id = "c".repeat(32);
    if (a !== "absent") pools.alice.states.set(id, a);
    if (b !== "absent") pools.bob.states.set(id, b);
    const { alice, bob } = restart();
    await Promise.all([alice.begin(), bob.begin()]);
    await settle();
    expect([pools.alice.states.get(id) ?? "absent", pools.bob.states.get(id) ?? "absent"]).toEqual([
      aliceAfter,
      bobAfter,
    ]);
  });

  it("settles a block whose message was lost at the next connection", async () => {
    const { wire, pools, restart } = sites();
    const { alice, bob } = restart();
    await Promise.all([alice.begin(), bob.begin()]);
    wire.up = false;
    await alice.store(block("d"));
    await bob.store(block("d"));
    await settle();
    expect([...pools.alice.states.values()]).toEqual(["pending"]);
    wire.up = true;
    await Promise.all([alice.begin(), bob.begin()]);
    expect([...pools.alice.states.values(), ...pools.bob.states.values()]).toEqual([
      "available",
      "available",
    ]);
  });

  it("never stores a block that it has told the other site it does not hold", async () => {
    const { pools, restart } = sites();
    const { alice, bob } = restart();
    await Promise.all([alice.begin(), bob.begin()]);
    await bob.store(block("e"));
    await bob.recheck();
    await settle();
    expect(pools.bob.states.size).toBe(1);
    await bob.recheck();
    await settle();
    expect(pools.bob.states.size).toBe(0);
    expect(await alice.store(block("e"))).toBe(false);
    await settle();
    expect(pools.alice.states.size).toBe(0);
  });

  it("agrees even though a block cannot be released now, and releases it at a later recheck", async () => {
    const { pools, restart } = sites();
    const id = "f".repeat(32);
    pools.alice.states.set(id, "pending");
    pools.bob.states.set(id, "available");
    const release = pools.alice.makeAvailable;
    pools.alice.makeAvailable = async () => {
      throw new KeyStoreError("QKD_KEYSTORE_FULL", "no space is left");
    };
    const { alice, bob } = restart();
    const agreed = await Promise.race([
      alice.begin(),
      bob
        .begin()
        .then(settle)
        .then(() => "stuck"),
    ]);
    expect(agreed).toBe(true);
    expect(pools.alice.states.get(id)).toBe("pending");
    pools.alice.makeAvailable = release;
    for (let i = 0; i < 2; i++) {
      await alice.recheck();
      await settle();
    }
    expect(pools.alice.states.get(id)).toBe("available");
  });

  it("asks again when the question of a new connection was never answered", async () => {
    const { pools, restart } = sites();
    const { alice } = restart();
    const blockState = pools.bob.blockState;
    pools.alice.states.set("a".repeat(32), "pending");
    pools.bob.blockState = async () => {
      throw new KeyStoreError("QKD_KEYSTORE_LOCKED", "the key store is in use");
    };
    const agreed = alice.begin();
    await settle();
    pools.bob.blockState = blockState;
    await alice.recheck();
    expect(await Promise.race([agreed, settle().then(() => "stuck")])).toBe(true);
  });

  it("refuses more blocks in one message than a site can have under way", async () => {
    const { restart } = sites();
    const { alice } = restart();
    for (const [kind, bytes] of [
      [0x08, 16],
      [0x09, 16],
      [0x0a, 17],
    ] as const)
      await expect(alice.receive(kind, new Uint8Array(4097 * bytes))).rejects.toMatchObject({
        code: "QKD_PEER_PROTOCOL",
      });
  });

  it("holds no more questions than a mebibyte while the store is slow, and answers again afterwards", async () => {
    const { pools, restart } = sites();
    const { alice } = restart();
    let answer = (): void => {};
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    pools.alice.blockState = async () => {
      await slow;
      return "absent";
    };
    const { kind, limitBytes } = agreementQuery;
    const asked = Array.from({ length: 40 }, () => alice.receive(kind, new Uint8Array(limitBytes)));
    const outcomes = Promise.allSettled(asked);
    answer();
    const refused = (await outcomes).filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(25);
    expect(refused[0]).toMatchObject({ reason: { code: "QKD_PEER_PROTOCOL" } });
    expect(await alice.receive(kind, new Uint8Array(limitBytes))).toBe(true);
  });

  it("rejects malformed messages with a typed error", async () => {
    const { restart } = sites();
    const { alice } = restart();
    for (const kind of [0x08, 0x09, 0x0a])
      await expect(alice.receive(kind, new Uint8Array(15))).rejects.toMatchObject({
        code: "QKD_PEER_PROTOCOL",
      });
    await expect(alice.receive(0x0a, new Uint8Array(17).fill(9))).rejects.toMatchObject({
      code: "QKD_PEER_PROTOCOL",
    });
    expect(await alice.receive(0x10, new Uint8Array(0))).toBe(false);
  });

  it.each([
    ["answer", agreementAnswer, { blocks: [{ blockId: "e".repeat(32), state: "absent" as const }] }],
    ["question", agreementQuery, { blocks: [{ blockId: "e".repeat(32) }] }],
  ])("leaves an earlier connection's %s out of the agreement of the next one", async (_, message, value) => {
    const sent: number[] = [];
    const idle = Promise.withResolvers<void>();
    const pool = new StatePool();
    const states = pool.blockState;
    pool.blockState = async (id) => {
      await idle.promise;
      return states(id);
    };
    const agreement = new BlockAgreement({
      pool: pool as unknown as KeyPool,
      send: async ({ kind }) => void sent.push(kind),
      onAvailable: () => {},
      onDiscarded: () => {},
    });
    const said = Buffer.concat((message as typeof agreementQuery).encode(value));
    const first = agreement.begin();
    await settle();
    // The store is busy with one message of the connection, and a second one waits, when the connection ends.
    void agreement.receive(
      agreementStored.kind,
      Buffer.concat(agreementStored.encode({ blocks: [{ blockId: "f".repeat(32) }] })),
    );
    void agreement.receive(message.kind, said);
    agreement.suspend();
    expect(await first).toBe(false);
    let agreed: boolean | null = null;
    void agreement.begin().then((outcome) => {
      agreed = outcome;
    });
    idle.resolve();
    await settle();
    expect([agreed, sent]).toEqual([null, [agreementQuery.kind, agreementQuery.kind]]);
    await agreement.receive(agreementAnswer.kind, new Uint8Array());
    await settle();
    expect(agreed).toBe(true);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyStoreError, PeerError, QkdError } from "../../errors/index.ts";
import { createKernels } from "../../kernels/index.ts";
import {
  agreementAbsent,
  agreementAsk,
  agreementGone,
  agreementGoneHeard,
  agreementHeard,
  agreementOpen,
  agreementReleased,
  agreementStored,
  type PeerMessage,
  SecretBytes,
} from "../../protocol/index.ts";
import { keyPoolOver } from "../pool/contract-calls.ts";
import type { KeyPool, NewBlock, SiteRole } from "../pool/key-pool.ts";
import { CommittedStore } from "../pool/sqlite/committed-store.ts";
import type { SourceHoldings } from "../sources/block-source.ts";
import { BlockAgreement, type BlockAgreementPorts } from "./block-agreement.ts";

const { hash } = await createKernels();
const START_MS = 1_800_000_000_000;
const audience = { master: "a", slave: "b" };

const block = (sequence: number, change: Partial<NewBlock> = {}): NewBlock => ({
  blockId: sequence.toString(16).padStart(32, "0"),
  sequence,
  origin: "qkd",
  key: new SecretBytes(Uint8Array.from({ length: 1024 + 64 }, (_, index) => (index * 7 + sequence) & 255)),
  epsilon: { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-30 },
  createdAtMs: START_MS,
  ...change,
});
const idOf = (sequence: number) => block(sequence).blockId;
const bodyOf = <T>(message: PeerMessage<T>, value: T): Uint8Array =>
  Uint8Array.from(Buffer.concat(message.encode(value)));

/** One site: a store of its own, an agreement that a crash replaces, and what it did. */
class Site {
  readonly role: SiteRole;
  readonly log: string[] = [];
  readonly sent: string[] = [];
  clockMs = START_MS;
  holdings: SourceHoldings = { blockIds: [], newest: -1 };
  /** Called with what the site says; a false return loses it. */
  passes: (message: PeerMessage<unknown>) => boolean = () => true;
  other!: Site;
  agreement: BlockAgreement;
  pool: KeyPool;
  readonly #folder: string;

  constructor(folder: string, role: SiteRole) {
    this.#folder = folder;
    this.role = role;
    this.pool = this.#open();
    this.agreement = new BlockAgreement(this.#ports());
  }

  async crash(): Promise<void> {
    await this.agreement.idle();
    await this.pool.close();
    this.pool = this.#open();
    this.agreement = new BlockAgreement(this.#ports());
  }

  hear<T>(message: PeerMessage<T>, value: T): Promise<boolean> {
    return this.agreement.receive(message.kind, bodyOf(message, value));
  }

  state(sequence: number) {
    return this.pool.blockState(idOf(sequence));
  }

  #open(): KeyPool {
    const store = new CommittedStore(
      {
        path: join(this.#folder, `${this.role}.db`),
        kek: new Uint8Array(32).fill(1),
        linkSecret: new Uint8Array(32 + 2048).fill(7),
        linkId: "link",
        site: this.role,
        capacityBits: 2 ** 24,
        redeliveryMs: 0,
        auditRows: 10_000,
        now: () => this.clockMs,
      },
      60_000,
    );
    return keyPoolOver(store.carry).pool;
  }

  #ports(): BlockAgreementPorts {
    return {
      end: this.role === "alice" ? "proposer" : "acceptor",
      linkId: "link",
      hash,
      pool: this.pool,
      now: () => this.clockMs,
      holdings: async () => this.holdings,
      send: async (message, value) => {
        if (!this.passes(message as PeerMessage<unknown>)) return;
        this.sent.push(message.name);
        const body = bodyOf(message, value);
        setImmediate(() => void this.other.agreement.receive(message.kind, body).catch(() => {}));
      },
      onAvailable: ({ sequence }) => this.log.push(`available ${sequence}`),
      onDiscarded: (id, reason) => this.log.push(`discarded ${Number.parseInt(id, 16)}, ${reason}`),
      onLost: ({ blockId: id, bits, reason }) =>
        this.log.push(`lost ${Number.parseInt(id, 16)}, ${bits} bits, ${reason}`),
      onClock: (offsetMs) => this.log.push(`clock ${offsetMs}`),
      failed: (error) => this.log.push(error instanceof QkdError ? error.code : String(error)),
    };
  }
}

describe("two sites that agree on blocks", () => {
  let folder: string;
  let alice: Site;
  let bob: Site;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
    [alice, bob] = [new Site(folder, "alice"), new Site(folder, "bob")];
    alice.other = bob;
    bob.other = alice;
  });
  afterEach(async () => {
    for (const { agreement, pool } of [alice, bob]) {
      await agreement.idle();
      await pool.close();
    }
    rmSync(folder, { recursive: true });
  });

  const connect = () => Promise.all([alice.agreement.begin(), bob.agreement.begin()]);
  const suspend = () => [alice, bob].map(({ agreement }) => agreement.suspend());
  /** Lets everything that was said be heard. */
  const settle = async () => {
    for (let turn = 0; turn < 30; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      for (const { agreement } of [alice, bob]) await agreement.idle();
    }
  };
  const states = async (sequence: number) => [await alice.state(sequence), await bob.state(sequence)];
  const pass = async (ms: number) => {
    for (const site of [alice, bob]) {
      site.clockMs += ms;
      await site.agreement.tick(site.clockMs);
    }
    await settle();
  };
  const take = async (site: Site, count = 1) =>
    site.pool.takeMany({ bits: 256, count, audience, origin: "qkd" });

  it.each([
    ["alice", "bob"],
    ["bob", "alice"],
  ] as const)("make a block available once both hold it, %s first", async (one, other) => {
    const by = { alice, bob };
    await connect();
    expect(await by[one].agreement.store(block(1))).toBe(true);
    await settle();
    expect(await by[one].state(1)).toBe("pending");
    expect(await by[other].agreement.store(block(1))).toBe(true);
    await settle();
    expect(await states(1)).toEqual(["available", "available"]);
    expect([await alice.pool.unheardReleases(9), alice.log, bob.log]).toEqual([
      [],
      ["clock 0", "available 1"],
      ["clock 0", "available 1"],
    ]);
    // Both compute keys alike, and hand out other ones.
    const [forth, back] = [await take(alice, 16), await take(bob, 16)];
    for (const [site, keys] of [
      [bob, forth],
      [alice, back],
    ] as const) {
      const ids = keys.map(({ keyId }) => keyId);
      const fetched = await site.pool.takeByIds(ids, audience);
      expect(fetched.map(({ key }) => [...key.reveal()])).toEqual(keys.map(({ key }) => [...key.reveal()]));
    }
  });

  it("refuse and wipe blocks while they have not agreed", async () => {
    const late = block(1);
    expect(await alice.agreement.store(late)).toBe(false);
    expect(late.key.reveal().every((byte) => byte === 0)).toBe(true);
    expect(await alice.state(1)).toBe("absent");
  });

  it("hand out nothing of a block whose keys differ, and name it", async () => {
    await connect();
    const other = block(1);
    other.key.reveal()[1024] = 255;
    await alice.agreement.store(block(1));
    await bob.agreement.store(other);
    await settle();
    expect(await states(1)).toEqual(["spent", "spent"]);
    expect(alice.log).toEqual(["clock 0", "discarded 1, tagWrong", "QKD_PEER_LIED"]);
    expect(bob.log).toEqual(["clock 0", "discarded 1, notHeld"]);
  });

  it("destroy at both sites a block whose release was forged", async () => {
    await connect();
    alice.passes = ({ kind }) => kind !== agreementReleased.kind;
    await alice.agreement.store(block(1));
    await bob.agreement.store(block(1));
    await settle();
    const forged = { blockId: idOf(1), boundaryBytes: 512, tag: new Uint8Array(16) };
    await bob.hear(agreementReleased, { blocks: [forged] });
    expect(bob.log).toEqual(["clock 0", "QKD_PEER_LIED"]);
    await pass(2000);
    expect(await bob.state(1)).toBe("spent");
    expect(alice.log).toContain(`lost 1, ${512 * 8} bits, tagWrong`);
    await expect(take(alice)).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED" });
    expect(await bob.pool.notices(9)).toEqual([]);
  });

  it.each([
    ["stored", agreementStored.kind],
    ["released", agreementReleased.kind],
  ] as const)(
    "settle a block although %s was lost, within two seconds of the next question",
    async (name, lost) => {
      await connect();
      const speaker = name === "stored" ? bob : alice;
      speaker.passes = ({ kind }) => kind !== lost;
      await alice.agreement.store(block(1));
      await bob.agreement.store(block(1));
      await settle();
      expect(await bob.state(1)).toBe("pending");
      speaker.passes = () => true;
      await pass(2000);
      expect(await states(1)).toEqual(["available", "available"]);
    },
  );

  it.each([
    ["before the acceptor's word is heard", "alice", ["pending", "pending"]],
    ["before the release is heard", "bob", ["available", "pending"]],
  ] as const)("settle a block after a crash of both %s", async (_, deaf, before) => {
    await connect();
    const speaker = deaf === "alice" ? bob : alice;
    speaker.passes = ({ kind }) => kind !== agreementStored.kind && kind !== agreementReleased.kind;
    await alice.agreement.store(block(1));
    await bob.agreement.store(block(1));
    await settle();
    expect(await states(1)).toEqual(before);
    for (const site of [alice, bob]) await site.crash();
    speaker.passes = () => true;
    await connect();
    await settle();
    expect(await states(1)).toEqual(["available", "available"]);
    expect(await alice.pool.unheardReleases(9)).toEqual([]);
  });

  it("destroy after a crash what the other site does not hold, whichever that is", async () => {
    await connect();
    await alice.agreement.store(block(1));
    await bob.agreement.store(block(2));
    await settle();
    for (const site of [alice, bob]) await site.crash();
    await connect();
    await settle();
    expect([await alice.state(1), await bob.state(2)]).toEqual(["spent", "spent"]);
    expect([alice.log.slice(1), bob.log.slice(1)]).toEqual([
      ["discarded 1, overdue", "clock 0"],
      ["clock 0", "discarded 2, notHeld"].toSorted().reverse(),
    ]);
  });

  it("say again on a new connection what of releases the other site may not know, spent or not", async () => {
    await connect();
    bob.passes = ({ kind }) => kind !== agreementHeard.kind;
    await alice.agreement.store(block(1));
    await bob.agreement.store(block(1));
    await settle();
    await alice.pool.discard(idOf(1));
    expect(await alice.pool.unheardReleases(9)).toHaveLength(1);
    bob.passes = () => true;
    suspend();
    await connect();
    await settle();
    expect(await alice.pool.unheardReleases(9)).toEqual([]);
  });

  it("never store what the proposer has called absent", async () => {
    await connect();
    await bob.agreement.store(block(1));
    alice.holdings = { blockIds: [], newest: 1 };
    await pass(2000);
    expect(await bob.state(1)).toBe("spent");
    const late = block(1);
    expect(await alice.agreement.store(late)).toBe(false);
    expect(late.key.reveal().every((byte) => byte === 0)).toBe(true);
    expect(await alice.state(1)).toBe("absent");
  });

  it("wait for a block that the proposer's source has under way, or that waits for its store", async () => {
    await connect();
    await bob.agreement.store(block(1));
    alice.holdings = { blockIds: [idOf(1)], newest: 1 };
    await pass(2000);
    expect(await bob.state(1)).toBe("pending");
    alice.holdings = { blockIds: [], newest: 1 };
    // Offered while the question about it is being answered.
    await bob.agreement.tick(bob.clockMs + 2000);
    const asked = alice.agreement.idle();
    const stored = alice.agreement.store(block(1));
    await asked;
    expect(await stored).toBe(true);
    await settle();
    expect(await states(1)).toEqual(["available", "available"]);
  });

  it("give up after a minute what only the proposer holds, and never what only the acceptor holds", async () => {
    await connect();
    bob.passes = ({ kind }) => kind !== agreementAsk.kind && kind !== agreementStored.kind;
    await alice.agreement.store(block(1));
    await bob.agreement.store(block(2));
    await pass(59_000);
    expect([await alice.state(1), await bob.state(2)]).toEqual(["pending", "pending"]);
    await pass(2000);
    await pass(3_600_000);
    expect([await alice.state(1), await bob.state(2)]).toEqual(["spent", "pending"]);
  });

  it("stop handing out what the other site ended, and tell it until it is heard", async () => {
    await connect();
    for (const site of [alice, bob]) await site.agreement.store(block(1));
    await settle();
    const [forth] = await take(alice);
    await bob.pool.lose(idOf(1), "damaged");
    bob.passes = ({ kind }) => kind !== agreementGone.kind;
    await pass(2000);
    expect(await take(alice)).toHaveLength(1);
    bob.passes = () => true;
    alice.passes = ({ kind }) => kind !== agreementGoneHeard.kind;
    await pass(2000);
    await expect(take(alice)).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED" });
    expect(forth?.keyId).toEqual(expect.any(String));
    expect(await bob.pool.notices(9)).toHaveLength(1);
    alice.passes = () => true;
    await pass(2000);
    expect(await bob.pool.notices(9)).toEqual([]);
    expect(alice.log.filter((line) => line.startsWith("lost"))).toEqual([
      `lost 1, ${(512 - 64) * 8} bits, damaged`,
    ]);
  });

  it("tell on a new connection what ended meanwhile", async () => {
    await connect();
    for (const site of [alice, bob]) await site.agreement.store(block(1));
    await settle();
    suspend();
    await alice.pool.lose(idOf(1), "damaged");
    await connect();
    await settle();
    expect(bob.log).toContain(`lost 1, ${512 * 8} bits, damaged`);
    expect(await alice.pool.notices(9)).toEqual([]);
  });

  it("measure their clocks' offset, and refuse a block of another time than now", async () => {
    bob.clockMs += 900_000;
    await connect();
    await settle();
    expect([alice.log, bob.log]).toEqual([["clock 900000"], ["clock -900000"]]);
    expect([alice.agreement.peerOffsetMs, bob.agreement.peerOffsetMs]).toEqual([900_000, -900_000]);
    for (const site of [alice, bob]) {
      expect(await site.agreement.store(block(1, { createdAtMs: START_MS + 600_000 }))).toBe(true);
      for (const apartMs of [-600_001, 600_001])
        await expect(
          site.agreement.store(block(2, { createdAtMs: START_MS + apartMs })),
        ).rejects.toMatchObject({ code: "QKD_PEER_LIED" });
    }
  });

  it("say the same of a block that is offered twice, whatever the stock is then", async () => {
    await connect();
    alice.passes = () => false;
    const tags: string[] = [];
    const send = bob.other.agreement.receive.bind(alice.agreement);
    alice.agreement.receive = async (kind, body) => {
      if (kind === agreementStored.kind)
        for (const { tag } of agreementStored.decode(body).blocks)
          tags.push(Buffer.from(tag).toString("hex"));
      return send(kind, body);
    };
    await bob.agreement.store(block(1));
    await bob.pool.addPending({ ...block(9), tail: new SecretBytes(new Uint8Array(64)) });
    await bob.agreement.store(block(1));
    await settle();
    expect(tags).toHaveLength(2);
    expect(new Set(tags).size).toBe(1);
  });

  it("agree although one block cannot be settled now, and settle it at a later question", async () => {
    await connect();
    alice.passes = ({ kind }) => kind !== agreementReleased.kind;
    bob.passes = ({ kind }) => kind !== agreementStored.kind;
    for (const site of [alice, bob]) await site.agreement.store(block(1));
    await settle();
    for (const site of [alice, bob]) await site.crash();
    for (const site of [alice, bob]) site.passes = () => true;
    const release = alice.pool.makeAvailable;
    alice.pool.makeAvailable = async () => {
      throw new KeyStoreError("QKD_KEYSTORE_FULL", "no space is left");
    };
    expect(await connect()).toEqual([true, true]);
    expect(alice.log).toContain("QKD_KEYSTORE_FULL");
    expect(await states(1)).toEqual(["pending", "pending"]);
    alice.pool.makeAvailable = release;
    await pass(2000);
    expect(await states(1)).toEqual(["available", "available"]);
  });

  it("open again when the first opening was not answered", async () => {
    alice.passes = ({ kind }) => kind !== agreementOpen.kind;
    const agreed = connect();
    await settle();
    alice.passes = () => true;
    await pass(2000);
    expect(await agreed).toEqual([true, true]);
  });

  it("leave what an earlier connection said out of the next one", async () => {
    const begun = alice.agreement.begin();
    const open = bodyOf(agreementOpen, { atMs: START_MS });
    // Heard while the store is busy, and the connection ends before its turn comes.
    const heard = alice.agreement.receive(agreementOpen.kind, open);
    alice.agreement.suspend();
    expect(await begun).toBe(false);
    let agreed: boolean | null = null;
    void alice.agreement.begin().then((outcome) => {
      agreed = outcome;
    });
    await heard;
    await alice.agreement.idle();
    expect([agreed, alice.log]).toEqual([null, []]);
    await alice.agreement.receive(agreementOpen.kind, open);
    await alice.agreement.idle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(agreed).toBe(true);
  });

  it("refuse more in one message than its limit, what is malformed, and leave other owners' messages alone", async () => {
    for (const message of [
      agreementStored,
      agreementAsk,
      agreementReleased,
      agreementAbsent,
      agreementHeard,
      agreementGone,
      agreementGoneHeard,
      agreementOpen,
    ])
      for (const bytes of [message.limitBytes + 1, 7])
        await expect(alice.agreement.receive(message.kind, new Uint8Array(bytes))).rejects.toMatchObject({
          code: "QKD_PEER_PROTOCOL",
        });
    expect(await alice.agreement.receive(0x10, new Uint8Array(0))).toBe(false);
  });

  it("hold no more questions than a mebibyte while the store is slow, and answer again afterwards", async () => {
    let answer = (): void => {};
    const slow = new Promise<void>((resolve) => {
      answer = resolve;
    });
    alice.pool.releasesHeard = () => slow;
    const { kind, limitBytes } = agreementHeard;
    const asked = Array.from({ length: 80 }, () => alice.agreement.receive(kind, new Uint8Array(limitBytes)));
    const outcomes = Promise.allSettled(asked);
    answer();
    const refused = (await outcomes).filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(80 - Math.floor((1 << 20) / (limitBytes + 256)));
    expect(refused[0]).toMatchObject({ reason: { code: "QKD_PEER_PROTOCOL" } });
    expect(await alice.agreement.receive(kind, new Uint8Array(limitBytes))).toBe(true);
  });

  it("survive a connection that is lost while they speak", async () => {
    await connect();
    bob.passes = () => {
      throw new PeerError("QKD_PEER_UNREACHABLE", "down");
    };
    for (const site of [alice, bob]) expect(await site.agreement.store(block(1))).toBe(true);
    await settle();
    bob.passes = () => true;
    suspend();
    await connect();
    await settle();
    expect(await states(1)).toEqual(["available", "available"]);
  });
});

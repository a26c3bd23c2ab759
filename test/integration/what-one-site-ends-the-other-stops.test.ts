import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyStoreError, PeerError } from "../../errors/index.ts";
import {
  agreementAbsent,
  agreementAsk,
  agreementGone,
  agreementGoneHeard,
  agreementHeard,
  agreementOpen,
  agreementReleased,
  agreementStored,
  SecretBytes,
} from "../../protocol/index.ts";
import {
  type AgreementSite,
  agreementLink,
  audience,
  block,
  bodyOf,
  idOf,
  START_MS,
} from "./agreement-rig.ts";

describe("two sites that agreed on blocks", { timeout: 60_000 }, () => {
  let alice: AgreementSite;
  let bob: AgreementSite;
  const link = agreementLink();
  const { connect, suspend, settle, states, pass, take, copy } = link;
  beforeEach(() => {
    [alice, bob] = link.open();
  });
  afterEach(link.close);

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

  it.each(["alice", "bob"] as const)(
    "hand out no key whose twin a rollback at %s took, once it is connected again",
    async (name) => {
      const [harmed, other] = name === "alice" ? [alice, bob] : [bob, alice];
      await connect();
      for (const sequence of [1, 2])
        for (const site of [alice, bob]) await site.agreement.store(block(sequence));
      await settle();
      const kept = [".db", ".root"].map((end) => [`${name}${end}`, `older${end}`]);
      await harmed.crash(() => {
        for (const [now = "", older = ""] of kept) copy(now, older);
      });
      await connect();
      const fetched = await take(other, 3);
      const ids = fetched.map(({ keyId }) => keyId);
      expect(await harmed.pool.takeByIds(ids, audience)).toHaveLength(3);
      for (const site of [alice, bob]) await site.agreement.store(block(3));
      await settle();
      // Killed, and the store of before put back without its anchor, which knows: three fetches and a block are gone.
      copy(`${name}.db.anchor`, "killed.anchor");
      await harmed.crash(() => {
        copy("killed.anchor", `${name}.db.anchor`);
        for (const [now = "", older = ""] of kept) copy(older, now);
      });
      expect(await harmed.state(3)).toBe("absent");
      await connect();
      await settle();
      expect(other.log.filter((line) => line.startsWith("lost")).map((line) => line.split(",")[0])).toEqual([
        "lost 3",
        "lost 1",
      ]);
      let served = 0;
      for (;;) {
        const [key] = await take(other).catch(() => []);
        if (key === undefined) break;
        const [twin] = await harmed.pool.takeByIds([key.keyId], audience);
        expect(twin?.key.reveal()).toEqual(key.key.reveal());
        served += 1;
      }
      // Both halves of block 2, at least: what was lost is what the damage took and the lease excludes.
      expect(served).toBeGreaterThanOrEqual(16);
      expect(await harmed.pool.notices(9)).toEqual([]);
    },
  );

  it.each([
    ["is pending again", 0],
    ["is lost with its name", -1],
  ])("settle a block that was released before the proposer's store went back: it %s there", async (_, at) => {
    const files = [".db", ".db.anchor", ".root"];
    await connect();
    const keep = async () => {
      await alice.crash(() => {
        for (const file of files) copy(`alice${file}`, `older${file}`);
      });
      await connect();
    };
    if (at === -1) await keep();
    bob.passes = ({ kind }) => kind !== agreementStored.kind && kind !== agreementAsk.kind;
    for (const site of [alice, bob]) await site.agreement.store(block(1));
    await settle();
    if (at === 0) {
      // Neither asked for nor answered, and so destroyed, if the opening did not find the acceptor's question.
      bob.passes = () => true;
      const { makeAvailable } = alice.pool;
      alice.pool.makeAvailable = async () => {
        throw new KeyStoreError("QKD_KEYSTORE_FULL", "no space is left");
      };
      await pass(2000);
      alice.pool.makeAvailable = makeAvailable;
      await alice.crash(() => {
        for (const file of files) copy(`alice${file}`, `older${file}`);
      });
    }
    bob.passes = () => true;
    alice.passes = ({ kind }) => kind !== agreementReleased.kind;
    if (at === 0) await connect();
    await pass(2000);
    expect(await states(1)).toEqual(["available", "pending"]);
    const taken = await take(alice, 2);
    copy("alice.db.anchor", "killed.anchor");
    await alice.crash(() => {
      for (const file of [".db", ".root"]) copy(`older${file}`, `alice${file}`);
      copy("killed.anchor", "alice.db.anchor");
    });
    alice.passes = () => true;
    await connect();
    await pass(2000);
    expect((await states(1))[1]).toBe("spent");
    // It stays known here: it must not be called absent to whoever asks again.
    if (at === 0) expect((await alice.pool.block(idOf(1)))?.state).toBe("quarantined");
    const asked = bob.sent.filter((name) => name === agreementAsk.name).length;
    await pass(2000);
    expect(bob.sent.filter((name) => name === agreementAsk.name)).toHaveLength(asked);
    // What had been handed out is fetched, and nothing else is.
    for (const key of taken) {
      const [twin] = await bob.pool.takeByIds([key.keyId], audience);
      expect(twin?.key.reveal()).toEqual(key.key.reveal());
    }
    await expect(take(bob)).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED" });
    await expect(take(alice)).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED" });
  });

  it("refuse a notice that contradicts itself, and act on none of that message", async () => {
    await connect();
    for (const site of [alice, bob]) await site.agreement.store(block(1));
    await settle();
    for (const [reason, past] of [
      ["burnt", 0],
      ["expired", 32],
    ] as const) {
      const notices = [
        { number: 1, blockId: idOf(1), reason: "lost" as const, past: 0 },
        { number: 2, blockId: idOf(1), reason, past },
      ];
      await expect(bob.hear(agreementGone, { notices })).rejects.toMatchObject({ code: "QKD_PEER_PROTOCOL" });
    }
    expect(await take(bob)).toHaveLength(1);
  });

  it("answer a notice only once it is acted on", async () => {
    await connect();
    await bob.agreement.store(block(1));
    await settle();
    const notice = { number: 1, blockId: idOf(1), reason: "damaged", past: 0 } as const;
    await bob.hear(agreementGone, { notices: [notice] });
    expect([await bob.state(1), bob.sent.includes(agreementGoneHeard.name)]).toEqual(["pending", false]);
  });

  it("take a claim of an earlier connection for nothing on the next one", async () => {
    await connect();
    await bob.agreement.store(block(1));
    await settle();
    suspend();
    bob.passes = ({ kind }) => kind !== agreementStored.kind && kind !== agreementAsk.kind;
    await connect();
    await alice.agreement.store(block(1));
    await settle();
    expect(await alice.state(1)).toBe("pending");
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
    const open = bodyOf(agreementOpen, { atMs: START_MS, lost: [] });
    const begun = alice.agreement.begin();
    // Heard while the store is busy; the connection ends, and another begins, before its turn comes.
    const heard = alice.agreement.receive(agreementOpen.kind, open);
    alice.agreement.suspend();
    let agreed: boolean | null = null;
    void alice.agreement.begin().then((outcome) => {
      agreed = outcome;
    });
    expect(await begun).toBe(false);
    await heard;
    await settle();
    expect([agreed, alice.log]).toEqual([null, []]);
    await alice.agreement.receive(agreementOpen.kind, open);
    await settle();
    expect(agreed).toBe(true);
  });

  it("answer an opening on its own connection or not at all", async () => {
    const open = bodyOf(agreementOpen, { atMs: START_MS, lost: [] });
    const { unheardReleases } = alice.pool;
    const [asked, store] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    void alice.agreement.begin();
    alice.pool.unheardReleases = async (count) => {
      asked.resolve();
      await store.promise;
      return unheardReleases(count);
    };
    const heard = alice.agreement.receive(agreementOpen.kind, open);
    await asked.promise;
    let agreed: boolean | null = null;
    void alice.agreement.begin().then((outcome) => {
      agreed = outcome;
    });
    store.resolve();
    await heard;
    await settle();
    expect([agreed, alice.sent, alice.log]).toEqual([null, [], []]);
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

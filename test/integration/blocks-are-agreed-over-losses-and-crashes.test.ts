import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  agreementAsk,
  agreementHeard,
  agreementReleased,
  agreementStored,
  type SecretBytes,
} from "../../protocol/index.ts";
import { type AgreementSite, agreementLink, audience, block, idOf } from "./agreement-rig.ts";

describe("two sites that agree on blocks", { timeout: 60_000 }, () => {
  let alice: AgreementSite;
  let bob: AgreementSite;
  const link = agreementLink();
  const { connect, suspend, settle, states, pass, take } = link;
  beforeEach(() => {
    [alice, bob] = link.open();
  });
  afterEach(link.close);

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
    let stored: Promise<boolean> | null = null;
    alice.looks = () => {
      stored ??= alice.agreement.store(block(1));
    };
    await pass(2000);
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

  it("leave no tail behind in memory", async () => {
    await connect();
    const tails: SecretBytes[] = [];
    for (const { pool } of [alice, bob]) {
      const { addPending, tail } = pool;
      pool.addPending = async (fresh) => {
        await addPending(fresh);
        expect(fresh.tail.reveal().some((byte) => byte !== 0)).toBe(true);
        tails.push(fresh.tail);
      };
      pool.tail = async (blockId) => {
        const read = await tail(blockId);
        if (read !== null) tails.push(read);
        return read;
      };
    }
    for (const site of [alice, bob]) await site.agreement.store(block(1));
    await settle();
    expect(await states(1)).toEqual(["available", "available"]);
    expect(tails.length).toBeGreaterThan(3);
    for (const tail of tails) expect(tail.reveal().every((byte) => byte === 0)).toBe(true);
  });
});

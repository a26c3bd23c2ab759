import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QkdError } from "../../../errors/index.ts";
import {
  type AuthRecovery,
  PEER_MESSAGES,
  type PeerMessage,
  reserveAnswer,
  reserveConfirm,
  reserveHeld,
  reserveOffer,
  reserveQuery,
  reserveWant,
} from "../../../protocol/index.ts";
import { keyPoolOver } from "../../pool/contract-calls.ts";
import type { OpenKeyPool, SiteRole } from "../../pool/key-pool.ts";
import { CommittedStore } from "../../pool/sqlite/committed-store.ts";
import { RECOVERED_BYTES } from "./recovery-exchange.ts";
import { ReserveRecovery } from "./reserve-recovery.ts";

const PADS = 1024;
const linkKey = new Uint8Array(32).fill(7);
const secret = Uint8Array.from({ length: 32 + 2 * PADS }, (_, index) => (index * 7) & 255);

interface Sent {
  readonly from: SiteRole;
  readonly name: string;
  readonly kind: number;
  body: Uint8Array;
}

type EndOptions = { readonly policy?: AuthRecovery; readonly key?: Uint8Array };

/** Two sites with stores on disk, and between them a wire that a test may cut and change. */
class World {
  readonly folder = mkdtempSync(join(tmpdir(), "qkdlink-recovery-"));
  readonly stores = {} as Record<SiteRole, OpenKeyPool>;
  readonly ends = {} as Record<SiteRole, ReserveRecovery>;
  readonly said: Sent[] = [];
  readonly errors: QkdError[] = [];
  readonly recovered: string[] = [];
  readonly failures: string[] = [];
  /** What arrives of a message: as it is where undefined, nothing where null. */
  tamper: (sent: Sent) => Uint8Array | null | undefined = () => undefined;
  #queue: Sent[] = [];
  #up = false;

  open(site: SiteRole, { policy = "computational", key = linkKey }: EndOptions = {}): void {
    const store = new CommittedStore(
      {
        path: join(this.folder, `${site}.db`),
        site,
        linkId: "link",
        redeliveryMs: 0,
        capacityBits: 2 ** 20,
        auditRows: 1000,
        linkSecret: secret.slice(),
        kek: new Uint8Array(32).fill(4),
      },
      1e6,
    );
    this.stores[site] = keyPoolOver(store.carry);
    this.ends[site] = new ReserveRecovery({
      site,
      link: { linkId: "link", linkKey: key },
      auth: this.stores[site].auth,
      policy,
      ready: async () => true,
      checkEveryMs: 1e6,
      failed: (error) => this.failures.push(`${site} ${error.code}`),
      recovered: (round) => this.recovered.push(`${site} ${round}`),
      send: async <T>(message: PeerMessage<T>, value: T) => {
        if (!this.#up) return;
        const body = new Uint8Array(Buffer.concat(message.encode(value)));
        const sent = { from: site, name: message.name, kind: message.kind, body };
        this.said.push(sent);
        const arriving = this.tamper(sent);
        if (arriving !== null) this.#queue.push({ ...sent, body: arriving ?? body });
      },
    });
  }

  async exhaust(): Promise<void> {
    for (const site of ["alice", "bob"] as const) {
      await this.stores[site].auth.reserve(PADS);
      await this.stores[site].auth.reserveFromPeer(0, PADS);
    }
  }

  async connect(): Promise<void> {
    this.#up = true;
    for (const site of ["alice", "bob"] as const) this.ends[site].connected(1);
    await this.settle();
  }

  cut(): void {
    this.#up = false;
    this.#queue = [];
    for (const site of ["alice", "bob"] as const) this.ends[site].connected(null);
  }

  /** Delivers until nothing moves, or for a while: a site that gets no answer asks again and again. */
  async settle(): Promise<void> {
    for (let idle = 0, step = 0; idle < 3 && step < 24; step += 1) {
      const sent = this.#queue.shift();
      if (sent === undefined) {
        await Promise.all([this.ends.alice.check(), this.ends.bob.check()]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        idle += this.#queue.length === 0 ? 1 : 0;
        continue;
      }
      idle = 0;
      await this.give(sent);
    }
  }

  /** Alice hears it as of Bob. */
  say<T>({ kind, encode }: PeerMessage<T>, value: T): Promise<void> {
    return this.give({ from: "bob", kind, body: Buffer.concat(encode(value)) });
  }

  async give({ from, kind, body }: Pick<Sent, "from" | "kind" | "body">): Promise<void> {
    try {
      await this.ends[from === "alice" ? "bob" : "alice"].receive(kind, body);
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      this.errors.push(error);
    }
  }

  async restart(site: SiteRole): Promise<void> {
    await this.ends[site].close();
    await this.stores[site].pool.close();
    this.open(site);
  }

  async dispose(): Promise<void> {
    for (const site of ["alice", "bob"] as const) {
      await this.ends[site].close();
      await this.stores[site].pool.close();
    }
    rmSync(this.folder, { recursive: true });
  }

  /** Takes a pad at each site and compares it with what the other one has at that place. */
  async padsAgree(): Promise<void> {
    for (const one of ["alice", "bob"] as const) {
      const other = one === "alice" ? "bob" : "alice";
      const { offset, material } = await this.stores[one].auth.reserve(32);
      const same = await this.stores[other].auth.reserveFromPeer(offset, 32);
      expect(Buffer.from(same.reveal()).equals(material.reveal())).toBe(true);
    }
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.dispose());

const openBoth = (options: EndOptions = {}) => {
  world.open("alice", options);
  world.open("bob", options);
};
const openExhausted = async (options: EndOptions = {}) => {
  openBoth(options);
  await world.exhaust();
};
const names = () => world.said.map(({ name }) => name);
const left = async (site: SiteRole) => world.stores[site].auth.remaining();

describe("a used-up reserve of two sites whose policy is computational", () => {
  it("is refilled once, with equal pads, and told at both", async () => {
    await openExhausted();
    await world.connect();
    expect(world.errors).toEqual([]);
    expect(world.recovered).toEqual(["bob 1", "alice 1"]);
    for (const site of ["alice", "bob"] as const)
      expect(await left(site)).toEqual({ own: RECOVERED_BYTES, peer: RECOVERED_BYTES });
    await world.padsAgree();
    expect((await world.stores.bob.auth.recovery()).auth).toBe("computational");
    await world.settle();
    expect(names().filter((name) => name === "reserve.offer")).toHaveLength(1);
  });

  it("is refilled on Bob's word, where Alice does not know that it is used up", async () => {
    openBoth();
    await world.stores.bob.auth.reserve(PADS);
    await world.stores.alice.auth.reserve(PADS - 64);
    await world.connect();
    expect(names().slice(0, 2)).toEqual(["reserve.want", "reserve.offer"]);
    expect(world.recovered).toEqual(["bob 1", "alice 1"]);
  });

  it("is left alone while pads are there", async () => {
    openBoth();
    await world.stores.alice.auth.reserve(PADS - 32);
    await world.connect();
    expect(world.said).toEqual([]);
  });

  it("keeps its pads apart round after round: no number and no place comes twice", async () => {
    await openExhausted();
    const seen = new Set<string>();
    for (const round of [1, 2, 3]) {
      await world.connect();
      for (let used = 0; used < RECOVERED_BYTES; used += 1024) {
        for (const [one, other] of [
          ["alice", "bob"],
          ["bob", "alice"],
        ] as const) {
          const { offset, material } = await world.stores[one].auth.reserve(1024);
          await world.stores[other].auth.reserveFromPeer(offset, 1024);
          seen.add(Buffer.from(material.reveal()).toString("hex"));
        }
      }
      expect(seen.size).toBe((round * 2 * RECOVERED_BYTES) / 1024);
      world.cut();
    }
    expect((await world.stores.alice.auth.recovery()).next).toBe(4);
  });
});

describe("a connection that ends in the middle of a recovery", () => {
  it.each([reserveOffer.name, reserveAnswer.name, reserveConfirm.name, reserveHeld.name])(
    "at %s leaves both with the same pads, also when both are started anew",
    async (name) => {
      openBoth();
      await world.exhaust();
      world.tamper = (sent) => (sent.name === name ? null : undefined);
      await world.connect();
      world.cut();
      await world.restart("alice");
      await world.restart("bob");
      world.tamper = () => undefined;
      await world.connect();
      expect(world.errors).toEqual([]);
      for (const site of ["alice", "bob"] as const)
        expect(await left(site)).toEqual({ own: RECOVERED_BYTES, peer: RECOVERED_BYTES });
      await world.padsAgree();
      const numbers = world.said
        .filter((sent) => sent.name === reserveOffer.name)
        .map(({ body }) => reserveOffer.decode(body).number);
      expect(new Set(numbers).size).toBe(numbers.length);
    },
  );

  it("makes Bob never store what he said that he does not hold", async () => {
    await openExhausted();
    world.tamper = ({ name }) => (["reserve.confirm", "reserve.query"].includes(name) ? null : undefined);
    await world.connect();
    const confirm = world.said.find(({ name }) => name === reserveConfirm.name) as Sent;
    const query = Buffer.concat(reserveQuery.encode({ number: reserveConfirm.decode(confirm.body).number }));
    await world.give({ from: "alice", kind: reserveQuery.kind, body: query });
    await world.give(confirm);
    expect((await world.stores.bob.auth.recovery()).held).toEqual([]);
    expect((await left("bob")).own).toBe(0);
  });

  it("gives Alice no pad before Bob has said that he holds it", async () => {
    await openExhausted();
    world.tamper = (sent) => (sent.name === reserveHeld.name ? null : undefined);
    await world.connect();
    expect((await left("alice")).own).toBe(0);
    await expect(world.stores.alice.auth.reserve(32)).rejects.toMatchObject({ code: "QKD_AUTH_EXHAUSTED" });
    expect(world.recovered).toEqual(["bob 1"]);
  });
});

describe("a peer that lies in a recovery", () => {
  const lie =
    <T>(message: PeerMessage<T>, change: (value: T) => Partial<T>) =>
    (sent: Sent) => {
      if (sent.name !== message.name) return undefined;
      const value = message.decode(sent.body);
      return new Uint8Array(Buffer.concat(message.encode({ ...value, ...change(value) })));
    };
  const flipped = (bytes: Uint8Array) => bytes.map((byte, index) => (index === 9 ? byte ^ 1 : byte));
  const place = (value: number) => () => ({ place: value });
  const otherMac = ({ mac }: { readonly mac: Uint8Array }) => ({ mac: flipped(mac) });
  const otherText = (told: { readonly ciphertext: Uint8Array }) => ({ ciphertext: flipped(told.ciphertext) });
  const otherKey = ({ dhKey }: { readonly dhKey: Uint8Array }) => ({ dhKey: flipped(dhKey) });

  it.each<[string, (sent: Sent) => Uint8Array | undefined, string]>([
    ["offers without the link key", lie(reserveOffer, otherMac), "proof"],
    ["changes the key it offers", lie(reserveOffer, otherKey), "proof"],
    ["changes the place it offers", lie(reserveOffer, place(2 ** 25 + 2 ** 14)), "proof"],
    ["answers with another proof", lie(reserveAnswer, otherMac), "proof"],
    ["answers with another key", lie(reserveAnswer, otherKey), "proof"],
    ["answers with another ciphertext", lie(reserveAnswer, otherText), "proof"],
    ["answers with no key", lie(reserveAnswer, () => ({ dhKey: new Uint8Array(32) })), "does not open"],
    ["answers with another place", lie(reserveAnswer, place(2 ** 25 + 2 ** 14)), "proof"],
    ["answers with a place below the offered", lie(reserveAnswer, place(0)), "a place"],
    ["answers with a place far away", lie(reserveAnswer, place(2 ** 50)), "a place"],
    ["confirms with another proof", lie(reserveConfirm, otherMac), "proof"],
  ])("%s: is named, brings no pad, and the next round brings one", async (_, tamper, why) => {
    await openExhausted();
    let lies = 0;
    world.tamper = (sent) => {
      const body = lies === 0 ? tamper(sent) : undefined;
      if (body !== undefined) lies += 1;
      return body;
    };
    await world.connect();
    expect(world.errors[0]?.message).toContain(why);
    expect(world.errors[0]?.code).toMatch(/^QKD_PEER_(LIED|PROTOCOL)$/);
    world.cut();
    await world.connect();
    expect(world.errors).toHaveLength(1);
    expect((await left("alice")).own).toBe(RECOVERED_BYTES);
    await world.padsAgree();
  });

  it("answers about another round: nothing is settled", async () => {
    await openExhausted();
    world.tamper = (sent) => (sent.name === reserveHeld.name ? null : undefined);
    await world.connect();
    await world.say(reserveHeld, { number: 9, held: true, next: 2 });
    expect(world.recovered).toEqual(["bob 1"]);
    expect((await left("alice")).own).toBe(0);
  });

  it("and does not know the link key gives no pad to anybody", async () => {
    world.open("alice");
    world.open("bob", { key: new Uint8Array(32).fill(8) });
    await world.exhaust();
    await world.connect();
    expect(world.errors[0]?.message).toContain("proof");
    expect(world.recovered).toEqual([]);
  });

  it("wants or offers pads while the reserve is full: is refused, and nothing is used up", async () => {
    openBoth();
    await world.connect();
    await world.say(reserveWant, { next: 9 });
    const liar = new World();
    liar.open("alice");
    liar.open("bob");
    await liar.exhaust();
    await liar.connect();
    const offer = liar.said.find(({ name }) => name === reserveOffer.name) as Sent;
    await liar.dispose();
    await world.give(offer);
    expect(world.errors.map(({ message }) => message)).toEqual([
      expect.stringContaining("while the reserve is full"),
      expect.stringContaining("while the reserve is full"),
    ]);
    expect(world.said).toEqual([]);
    for (const { auth } of Object.values(world.stores)) expect((await auth.recovery()).next).toBe(1);
  });

  it("repeats an offer: Bob says that its number is used, and answers none twice", async () => {
    await openExhausted();
    await world.connect();
    const offer = world.said.find(({ name }) => name === reserveOffer.name) as Sent;
    await world.stores.bob.auth.reserve(RECOVERED_BYTES - 32);
    await world.give(offer);
    const { number, held, next } = reserveHeld.decode(world.said.at(-1)?.body ?? new Uint8Array());
    expect({ number, held, next }).toEqual({ number: 1, held: false, next: 2 });
    expect(names().filter((name) => name === reserveAnswer.name)).toHaveLength(1);
    await world.settle();
    expect((await left("alice")).own).toBe(RECOVERED_BYTES);
  });

  it("names a number far away: Alice goes on with her own once it is gone", async () => {
    await openExhausted();
    world.tamper = () => null;
    await world.connect();
    await world.say(reserveWant, { next: 2 ** 31 });
    world.cut();
    world.tamper = () => undefined;
    await world.connect();
    expect(world.recovered.sort()).toEqual(["alice 2", "bob 2"]);
  });

  it("speaks of recovery to a site whose policy is manual, or out of its role: is refused by name", async () => {
    await openExhausted({ policy: "manual" });
    await world.connect();
    expect(world.said).toEqual([]);
    expect(world.failures).toEqual(["bob QKD_AUTH_EXHAUSTED"]);
    await world.say(reserveWant, { next: 1 });
    expect(world.errors[0]).toMatchObject({
      code: "QKD_PEER_LIED",
      message: expect.stringContaining("authRecovery is manual"),
    });
    await world.restart("alice");
    await world.give({ from: "bob", kind: reserveQuery.kind, body: new Uint8Array(4) });
    expect(world.errors[1]?.message).toContain("not its to send");
  });
});

it("passes over the messages of all other owners", async () => {
  openBoth();
  const others = PEER_MESSAGES.filter(({ name }) => !name.startsWith("reserve."));
  for (const { kind } of others) expect(await world.ends.alice.receive(kind, new Uint8Array())).toBe(false);
});

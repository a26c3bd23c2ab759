import { describe, expect, it } from "vitest";
import { KeyStoreError, PeerError, type QkdError } from "../../../../errors/index.ts";
import type { distillationOffer, PeerValueOf } from "../../../../protocol/index.ts";
import type { AuthRequest } from "../engine-io.ts";
import { AuthSupply } from "./auth-supply.ts";

const BYTES = 48;
const secret = (n: number): Uint8Array => new Uint8Array(BYTES).fill(n);

function make(role: "alice" | "bob", mayOffer = () => true) {
  const requests: AuthRequest[] = [];
  const offers: PeerValueOf<typeof distillationOffer>[] = [];
  const refusals: PeerValueOf<typeof distillationOffer>[] = [];
  const failures: QkdError[] = [];
  const supply = new AuthSupply(role, BYTES, {
    request: (request) => requests.push(request),
    offer: (message) => offers.push(message),
    refuse: (message) => refusals.push(message),
    failed: (error) => failures.push(error),
    mayOffer,
  });
  return { supply, requests, offers, refusals, failures };
}

describe("the supply of authentication material", () => {
  it("has Bob answer only when he may take part in another block, and then once", () => {
    let may = false;
    const { supply, offers } = make("bob", () => may);
    supply.offered({ sequence: 3, offset: 100 }, 3);
    supply.material(1, 100, secret(1));
    supply.material(2, 500, secret(2));
    supply.reconsider();
    expect(offers).toEqual([]);
    may = true;
    supply.reconsider();
    supply.reconsider();
    expect(offers).toEqual([{ sequence: 3, offset: 500 }]);
    // Nothing waits over the end of a session.
    may = false;
    supply.reset();
    supply.offered({ sequence: 4, offset: 100 }, 4);
    supply.reset();
    may = true;
    supply.reconsider();
    expect(offers).toHaveLength(1);
  });

  it("lets Alice offer first and Bob answer only when he is ready", () => {
    const alice = make("alice");
    const bob = make("bob");
    alice.supply.prepare(3);
    expect(alice.requests).toEqual([{ id: 1, direction: "own", bytes: BYTES }]);
    alice.supply.material(1, 100, secret(1));
    expect(alice.offers).toEqual([{ sequence: 3, offset: 100 }]);

    bob.supply.offered(alice.offers[0]!, 3);
    expect(bob.requests.map(({ direction, offset }) => [direction, offset])).toEqual([
      ["peer", 100],
      ["own", undefined],
    ]);
    bob.supply.material(2, 500, secret(2));
    expect(bob.offers).toEqual([]);
    expect(bob.supply.take(3)).toBeNull();
    bob.supply.material(1, 100, secret(1));
    expect(bob.offers).toEqual([{ sequence: 3, offset: 500 }]);
    expect([bob.supply.holds(3), bob.supply.holds(4), alice.supply.holds(3)]).toEqual([true, false, false]);

    expect(alice.supply.take(3)).toBeNull();
    alice.supply.offered(bob.offers[0]!, 3);
    alice.supply.material(2, 500, secret(2));
    expect([alice.supply.holds(3), alice.supply.holds(4)]).toEqual([true, false]);
    expect(alice.supply.take(4)).toBeNull();
    expect(alice.supply.take(3)).toEqual({
      own: { offset: 100, material: secret(1) },
      peer: { offset: 500, material: secret(2) },
    });
    expect(alice.supply.holds(3)).toBe(false);
    expect(alice.supply.take(3)).toBeNull();
    expect(bob.supply.take(3)).toEqual({
      own: { offset: 500, material: secret(2) },
      peer: { offset: 100, material: secret(1) },
    });
  });

  it("refuses offers for other blocks and second offers", () => {
    const { supply } = make("bob");
    expect(() => supply.offered({ sequence: 4, offset: 0 }, 3)).toThrow(PeerError);
    supply.offered({ sequence: 3, offset: 0 }, 3);
    expect(() => supply.offered({ sequence: 3, offset: 64 }, 3)).toThrow(PeerError);
    expect(() => make("alice").supply.offered({ sequence: 3, offset: 0 }, 3)).toThrow(PeerError);
    const alice = make("alice");
    alice.supply.prepare(3);
    alice.supply.offered({ sequence: 3, offset: 0 }, 3);
    expect(() => alice.supply.offered({ sequence: 3, offset: 64 }, 3)).toThrow(PeerError);
    expect(alice.requests.filter(({ direction }) => direction === "peer")).toHaveLength(1);
  });

  it("wipes material that nobody waits for or that has the wrong length", () => {
    const { supply, offers } = make("alice");
    const stray = secret(5);
    supply.material(9, 0, stray);
    expect(stray).toEqual(secret(0));
    supply.prepare(1);
    const short = new Uint8Array(3).fill(1);
    supply.material(1, 0, short);
    expect(short).toEqual(new Uint8Array(3));
    expect(offers).toEqual([]);
  });

  it("asks again for refused material after a while, but gives up on the peer's third refusal", () => {
    const empty = new PeerError("QKD_AUTH_EXHAUSTED", "empty");
    const alice = make("alice");
    alice.supply.prepare(1);
    alice.supply.refused(1, empty, 1000);
    alice.supply.tick(2000);
    expect(alice.requests).toHaveLength(1);
    alice.supply.tick(3000);
    expect(alice.requests).toHaveLength(2);
    expect(alice.failures).toEqual([empty]);

    const bob = make("bob");
    bob.supply.offered({ sequence: 1, offset: 7 }, 1);
    bob.supply.refused(1, empty, 0);
    bob.supply.tick(9000);
    expect(bob.requests.at(-1)).toMatchObject({ direction: "peer", offset: 7 });
    bob.supply.refused(3, empty, 9000);
    bob.supply.tick(19_000);
    expect(() => bob.supply.refused(4, empty, 19_000)).toThrow(
      expect.objectContaining({ remedy: expect.stringMatching(/^the sites hold other pads: /) }),
    );
  });

  it("offers again what a session left behind before it asks for more, at both sites", () => {
    const alice = make("alice");
    const bob = make("bob");
    alice.supply.prepare(1);
    alice.supply.material(1, 100, secret(1));
    bob.supply.offered(alice.offers[0]!, 1);
    bob.supply.material(1, 100, secret(1));
    bob.supply.material(2, 500, secret(2));
    for (const { supply } of [alice, bob]) supply.reset();
    // The next session may give the block another number.
    alice.supply.prepare(4);
    expect(alice.offers.at(-1)).toEqual({ sequence: 4, offset: 100 });
    bob.supply.offered(alice.offers.at(-1)!, 4);
    expect(bob.offers.at(-1)).toEqual({ sequence: 4, offset: 500 });
    expect([alice.requests.length, bob.requests.length]).toEqual([1, 2]);
    expect(bob.supply.take(4)).toEqual({
      own: { offset: 500, material: secret(2) },
      peer: { offset: 100, material: secret(1) },
    });
  });

  it("keeps what arrives after its session ended", () => {
    const { supply, requests, offers } = make("alice");
    supply.prepare(1);
    supply.reset();
    supply.material(1, 300, secret(3));
    supply.prepare(2);
    expect(offers).toEqual([{ sequence: 2, offset: 300 }]);
    expect(requests).toHaveLength(1);
  });

  it("uses the pads of lost blocks again, the oldest first, and passes over those that the peer has passed", () => {
    const { supply, offers } = make("alice");
    const [first, second] = [secret(1), secret(2)];
    supply.giveBack({ own: { offset: 64, material: second }, peer: { offset: 7, material: secret(7) } });
    supply.giveBack({ own: { offset: 32, material: first }, peer: { offset: 9, material: secret(9) } });
    supply.prepare(1);
    expect(offers).toEqual([{ sequence: 1, offset: 32 }]);
    supply.offered({ sequence: 1, offset: 9 }, 1);
    expect(supply.take(1)).toEqual({
      own: { offset: 32, material: first },
      peer: { offset: 9, material: secret(9) },
    });
    supply.prepare(2);
    expect(offers.at(-1)).toEqual({ sequence: 2, offset: 64 });
    supply.offered({ sequence: 2, offset: 7 }, 2);
    // Wiped when the peer offered a later one.
    expect(supply.holds(2)).toBe(false);
  });

  it("says at once that an offer names what is used here, and hears the next one", () => {
    const { supply, refusals, offers, failures } = make("bob");
    const used = new KeyStoreError("QKD_KEYSTORE_CONFLICT", "used");
    supply.offered({ sequence: 3, offset: 100 }, 3);
    supply.refused(1, used, 0);
    expect([refusals, failures]).toEqual([[{ sequence: 3, offset: 100 }], []]);
    // Its own material, asked for meanwhile, is not lost.
    supply.material(2, 500, secret(2));
    supply.offered({ sequence: 3, offset: 132 }, 3);
    supply.material(3, 132, secret(1));
    expect(offers).toEqual([{ sequence: 3, offset: 500 }]);
  });

  it("takes fresh material where the peer has lost that of earlier sessions, and not for ever", () => {
    const { supply, requests, offers } = make("alice");
    const lost = [secret(1), secret(2)];
    for (const [index, material] of lost.entries())
      supply.giveBack({ own: { offset: 32 * index, material }, peer: null });
    supply.prepare(1);
    supply.refusedByPeer({ sequence: 1, offset: 0 });
    expect(lost).toEqual([secret(0), secret(0)]);
    expect(requests).toHaveLength(1);
    for (const offset of [640, 672]) {
      supply.material(requests.at(-1)!.id, offset, secret(5));
      supply.refusedByPeer({ sequence: 1, offset });
    }
    supply.material(requests.at(-1)!.id, 704, secret(5));
    expect(() => supply.refusedByPeer({ sequence: 1, offset: 704 })).toThrow(
      expect.objectContaining({
        message: "the peer keeps refusing authentication",
        remedy: expect.stringMatching(/^the sites hold other pads: .*qkdlink secret --out FILE/),
      }),
    );
    expect(offers.map(({ offset }) => offset)).toEqual([0, 640, 672, 704]);
  });

  it("hears no refusal of what it did not offer", () => {
    const { supply } = make("alice");
    expect(() => supply.refusedByPeer({ sequence: 1, offset: 0 })).toThrow(PeerError);
    supply.prepare(1);
    supply.material(1, 100, secret(1));
    expect(() => supply.refusedByPeer({ sequence: 1, offset: 132 })).toThrow(PeerError);
    expect(() => supply.refusedByPeer({ sequence: 2, offset: 100 })).toThrow(PeerError);
  });

  it("asks a reserve again although the clock was set back", () => {
    const { supply, requests } = make("alice");
    supply.prepare(3);
    supply.refused(1, new PeerError("QKD_AUTH_EXHAUSTED", "empty"), 3_600_000);
    supply.tick(3_600_100);
    expect(requests).toHaveLength(1);
    supply.tick(100);
    expect(requests).toHaveLength(2);
  });
});

import { describe, expect, it } from "vitest";
import { PeerError, type QkdError } from "../../../../errors/index.ts";
import type { distillationOffer, PeerValueOf } from "../../../../protocol/index.ts";
import type { AuthRequest } from "../engine-io.ts";
import { AuthSupply } from "./auth-supply.ts";

const BYTES = 48;
const secret = (n: number): Uint8Array => new Uint8Array(BYTES).fill(n);

function make(role: "alice" | "bob") {
  const requests: AuthRequest[] = [];
  const offers: PeerValueOf<typeof distillationOffer>[] = [];
  const failures: QkdError[] = [];
  const supply = new AuthSupply(role, BYTES, {
    request: (request) => requests.push(request),
    offer: (message) => offers.push(message),
    failed: (error) => failures.push(error),
  });
  return { supply, requests, offers, failures };
}

describe("the supply of authentication material", () => {
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
    expect(alice.supply.take(3)).toEqual({ own: secret(1), peer: secret(2) });
    expect(alice.supply.holds(3)).toBe(false);
    expect(alice.supply.take(3)).toBeNull();
    expect(bob.supply.take(3)).toEqual({ own: secret(2), peer: secret(1) });
  });

  it("refuses offers for other blocks and second offers", () => {
    const { supply } = make("bob");
    expect(() => supply.offered({ sequence: 4, offset: 0 }, 3)).toThrow(PeerError);
    supply.offered({ sequence: 3, offset: 0 }, 3);
    expect(() => supply.offered({ sequence: 3, offset: 64 }, 3)).toThrow(PeerError);
    expect(() => make("alice").supply.offered({ sequence: 3, offset: 0 }, 3)).toThrow(PeerError);
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
    expect(() => bob.supply.refused(4, empty, 19_000)).toThrow(PeerError);
  });

  it("never uses material again that a session left behind", () => {
    const { supply } = make("alice");
    supply.prepare(1);
    const left = secret(4);
    supply.material(1, 0, left);
    supply.reset();
    expect(left).toEqual(secret(0));
    expect(supply.take(1)).toBeNull();
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

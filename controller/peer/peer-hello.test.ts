import { createHmac, hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { PeerError } from "../../errors/index.ts";
import {
  checkPeerVersion,
  connectionHello,
  PEER_PROTOCOL_VERSION,
  SecretBytes,
} from "../../protocol/index.ts";
import { PeerHello } from "./peer-hello.ts";

const exporter = new Uint8Array(32).fill(3);
const hello = (site: "alice" | "bob", linkId = "link", secret = 1, exported = exporter) =>
  new PeerHello({ site, linkId }, new SecretBytes(new Uint8Array(64).fill(secret)), exported);
const whole = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const refusal = (work: () => unknown): PeerError => {
  try {
    work();
  } catch (error) {
    if (error instanceof PeerError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

/** A hello with the public id that another one names. */
function withIdOf(body: Uint8Array, other: Uint8Array): Uint8Array {
  const value = { ...connectionHello.decode(body), secretId: connectionHello.decode(other).secretId };
  return whole(connectionHello.encode(value));
}

/** Bob's proof as SPEC-PEER 4.2 describes it, from the link key of the secret of ones. */
function proofOver(bobs: Uint8Array, alices: Uint8Array): Uint8Array {
  const key = hkdfSync("sha256", new Uint8Array(32).fill(1), "link", "qkdlink peer hello", 32);
  const hmac = createHmac("sha256", Buffer.from(key)).update("bob");
  for (const part of [bobs, alices, exporter]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hmac.update(length).update(part);
  }
  return hmac.digest();
}

describe("the introduction of two sites", () => {
  it("succeeds where both know the secret, and never repeats its nonce", () => {
    const [alice, bob] = [hello("alice"), hello("bob")];
    const proofs = [whole(alice.answer(bob.ownBytes)), whole(bob.answer(alice.ownBytes))] as const;
    alice.verify(proofs[1]);
    bob.verify(proofs[0]);
    expect(hello("alice").ownBytes).not.toEqual(alice.ownBytes);
  });

  it("refuses a proof by another link key, over another connection, or the site's own", () => {
    const alice = hello("alice");
    const bob = hello("bob", "link", 1, new Uint8Array(32));
    alice.answer(bob.ownBytes);
    const proof = whole(bob.answer(alice.ownBytes));
    expect(refusal(() => alice.verify(proof)).code).toBe("QKD_PEER_SECRET");
    // One who copies the public id, but knows another link key.
    const [stranger, asked] = [hello("bob", "link", 2), hello("alice")];
    asked.answer(withIdOf(stranger.ownBytes, hello("bob").ownBytes));
    const forged = whole(stranger.answer(withIdOf(asked.ownBytes, stranger.ownBytes)));
    expect(refusal(() => asked.verify(forged)).code).toBe("QKD_PEER_SECRET");
  });

  it("tells two secrets apart at both sites before any proof, also where the link keys are equal", () => {
    const other = new Uint8Array(64).fill(1).fill(9, 63);
    const alice = hello("alice");
    const bob = new PeerHello({ site: "bob", linkId: "link" }, new SecretBytes(other), exporter);
    for (const told of [() => alice.answer(bob.ownBytes), () => bob.answer(alice.ownBytes)])
      expect(refusal(told)).toMatchObject({
        code: "QKD_PEER_SECRET",
        message: "the two sites hold different pre-placed secrets",
      });
  });

  it("makes its proof of the link key alone: no pad is in it", () => {
    const other = new Uint8Array(64).fill(1).fill(9, 63);
    const alice = hello("alice");
    const bob = new PeerHello({ site: "bob", linkId: "link" }, new SecretBytes(other), exporter);
    const bobs = withIdOf(bob.ownBytes, alice.ownBytes);
    alice.answer(bobs);
    const proof = proofOver(bobs, alice.ownBytes);
    alice.verify(proof);
  });

  it("tells two policies for an exhausted reserve apart at both sites", () => {
    const secret = () => new SecretBytes(new Uint8Array(64).fill(1));
    const alice = new PeerHello(
      { site: "alice", linkId: "link", authRecovery: "computational" },
      secret(),
      exporter,
    );
    const bob = hello("bob");
    const refusals = [refusal(() => alice.answer(bob.ownBytes)), refusal(() => bob.answer(alice.ownBytes))];
    expect(refusals.map(({ message }) => message)).toEqual([
      "authRecovery is computational at this site and manual at the peer",
      "authRecovery is manual at this site and computational at the peer",
    ]);
    for (const { code, remedy } of refusals)
      expect([code, remedy]).toEqual(["QKD_PEER_PROTOCOL", "give both sites the same authRecovery"]);
  });

  it.each([
    ["kem", { kem: "ML-KEM-1024" }, "ML-KEM-1024", "ML-KEM-768"],
    ["combiner", { combiner: "xor" }, "xor", "kdf"],
  ] as const)("tells two sites apart that make keys by another %s", (name, change, ours, theirs) => {
    const secret = new SecretBytes(new Uint8Array(64).fill(1));
    const alice = new PeerHello({ site: "alice", linkId: "link", ...change }, secret, exporter);
    const bob = hello("bob");
    const refusals = [refusal(() => alice.answer(bob.ownBytes)), refusal(() => bob.answer(alice.ownBytes))];
    expect(refusals.map(({ message }) => message)).toEqual([
      `${name} is ${ours} at this site and ${theirs} at the peer`,
      `${name} is ${theirs} at this site and ${ours} at the peer`,
    ]);
  });

  it("does not take the site's own proof for the other's, nor a cut one", () => {
    const alice = hello("alice");
    const own = whole(alice.answer(hello("bob").ownBytes));
    expect(refusal(() => alice.verify(own)).code).toBe("QKD_PEER_SECRET");
    expect(refusal(() => alice.verify(own.subarray(1))).message).toContain(
      "connection.proof message is malformed",
    );
  });

  it("is proved by HMAC-SHA-256 under the link key and the link, over the site and both introductions in order", () => {
    const [alice, bob] = [hello("alice"), hello("bob")];
    const key = Buffer.from(hkdfSync("sha256", new Uint8Array(32).fill(1), "link", "qkdlink peer hello", 32));
    const behindItsLength = (part: Uint8Array) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return Buffer.concat([length, part]);
    };
    const said = [alice.ownBytes, bob.ownBytes, exporter].map(behindItsLength);
    const expected = createHmac("sha256", key)
      .update(Buffer.concat([Buffer.from("alice"), ...said]))
      .digest();
    expect(Buffer.from(whole(alice.answer(bob.ownBytes))).equals(expected)).toBe(true);
  });

  it("answers one hello, whoever asks for more proofs", () => {
    const [alice, bob] = [hello("alice"), hello("bob")];
    alice.answer(bob.ownBytes);
    expect(refusal(() => alice.answer(bob.ownBytes)).message).toBe("the peer introduced itself twice");
  });

  it("refuses another link, the same site and a proof that comes first", () => {
    const alice = hello("alice");
    expect(refusal(() => alice.answer(hello("bob", "other").ownBytes)).message).toContain("another link");
    expect(refusal(() => alice.answer(hello("alice").ownBytes)).message).toContain("both sites say");
    expect(refusal(() => hello("alice").verify(new Uint8Array(32))).message).toContain("before its hello");
  });
});

describe("a peer of another version", () => {
  const later = (): Uint8Array => {
    const body = Uint8Array.from([...hello("bob").ownBytes, 1, 2, 3]);
    body[5] = PEER_PROTOCOL_VERSION + 1;
    body[6] = 0xff;
    return body;
  };

  it("is refused in one sentence with both versions and the remedy, at both sites", () => {
    const [here, there] = [
      refusal(() => hello("alice").answer(later())),
      refusal(() => checkPeerVersion(hello("alice").ownBytes, PEER_PROTOCOL_VERSION + 1)),
    ];
    expect(here.message).toBe("the peer speaks version 6 of the peer protocol, this site speaks version 5");
    expect(there.message).toBe("the peer speaks version 5 of the peer protocol, this site speaks version 6");
    for (const { code, remedy } of [here, there])
      expect([code, remedy]).toEqual(["QKD_PEER_PROTOCOL", "update the older of the two controllers"]);
  });

  it("is named also when it speaks version 1, whose hello was text", () => {
    const text = Buffer.from('{"version":1,"site":"bob","linkId":"link","nonce":"00"}');
    expect(refusal(() => hello("alice").answer(text)).message).toMatch(/^the peer speaks version 1 /);
  });

  it("is told from a program that is no controller, and from a hello that is cut", () => {
    const { ownBytes } = hello("bob");
    for (const body of [Buffer.from("GET / HTTP/1.1"), new Uint8Array(), ownBytes.subarray(0, 5)])
      expect(refusal(() => hello("alice").answer(body)).message).toContain("of no known protocol");
    expect(refusal(() => hello("alice").answer(ownBytes.subarray(0, 20))).message).toContain("malformed");
    expect(connectionHello.decode(ownBytes).version).toBe(PEER_PROTOCOL_VERSION);
  });
});

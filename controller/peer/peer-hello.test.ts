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

describe("the introduction of two sites", () => {
  it("succeeds where both know the secret, and never repeats its nonce", () => {
    const [alice, bob] = [hello("alice"), hello("bob")];
    const proofs = [whole(alice.answer(bob.ownBytes)), whole(bob.answer(alice.ownBytes))] as const;
    alice.verify(proofs[1]);
    bob.verify(proofs[0]);
    expect(hello("alice").ownBytes).not.toEqual(alice.ownBytes);
  });

  it("refuses a proof by another secret, over another connection, or the site's own", () => {
    for (const bob of [hello("bob", "link", 2), hello("bob", "link", 1, new Uint8Array(32))]) {
      const alice = hello("alice");
      alice.answer(bob.ownBytes);
      const proof = whole(bob.answer(alice.ownBytes));
      expect(refusal(() => alice.verify(proof)).code).toBe("QKD_PEER_SECRET");
    }
    const alice = hello("alice");
    const own = whole(alice.answer(hello("bob").ownBytes));
    expect(refusal(() => alice.verify(own)).code).toBe("QKD_PEER_SECRET");
    expect(refusal(() => alice.verify(own.subarray(1))).message).toContain(
      "connection.proof message is malformed",
    );
  });

  it("is proved by HMAC-SHA-256 under the secret and the link, over the site and both introductions in order", () => {
    const [alice, bob] = [hello("alice"), hello("bob")];
    const key = Buffer.from(hkdfSync("sha256", new Uint8Array(64).fill(1), "link", "qkdlink peer hello", 32));
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
      refusal(() => checkPeerVersion(hello("alice").ownBytes, 3)),
    ];
    expect(here.message).toBe("the peer speaks version 3 of the peer protocol, this site speaks version 2");
    expect(there.message).toBe("the peer speaks version 2 of the peer protocol, this site speaks version 3");
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

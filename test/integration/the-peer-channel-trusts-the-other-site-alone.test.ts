import { randomBytes } from "node:crypto";
import { type AddressInfo, createConnection, createServer } from "node:net";
import { type ConnectionOptions, connect } from "node:tls";
import { filter, firstValueFrom, timeout } from "rxjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { openPeerChannel, type PeerCredentials, type TlsPeerChannel } from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { type TestCertificate, testAuthority } from "./delivery-sites.ts";

type SiteName = "alice" | "bob";

const secret = randomBytes(64);
const opened: TlsPeerChannel[] = [];
let authority: Awaited<ReturnType<typeof testAuthority>>;
const certificates = {} as Record<SiteName | "sae" | "other", TestCertificate>;

beforeAll(async () => {
  authority = await testAuthority("kme authority");
  for (const name of ["alice", "bob", "sae", "other"] as const)
    certificates[name] = await authority.issue(`kme-${name}`);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((channel) => channel.close()));
});

const credentials = (
  { cert, key }: TestCertificate,
  change: Partial<PeerCredentials> = {},
): PeerCredentials => ({
  certificate: cert,
  privateKey: key,
  authority: authority.ca,
  ...change,
});

async function open(site: SiteName, own: PeerCredentials, way: { listen: string } | { connect: string }) {
  const channel = await openPeerChannel({
    introduction: { site, linkId: "l" },
    credentials: own,
    secret: new SecretBytes(Uint8Array.from(secret)),
    reconnectMinMs: 20,
    heartbeatMs: 50,
    ...way,
  });
  opened.push(channel);
  return channel;
}

/** Alice listens, Bob dials. */
async function both(alice: PeerCredentials, bob: PeerCredentials) {
  const first = await open("alice", alice, { listen: "tls://127.0.0.1:0" });
  const second = await open("bob", bob, { connect: `tls://127.0.0.1:${first.port}` });
  return { alice: first, bob: second };
}

const up = (channel: TlsPeerChannel) =>
  firstValueFrom(
    channel.state$.pipe(
      filter(({ state }) => state === "up"),
      timeout(8000),
    ),
  );
const refusal = async (channel: TlsPeerChannel) => {
  const { error } = await firstValueFrom(
    channel.state$.pipe(
      filter(({ error }) => error?.code === "QKD_PEER_CERTIFICATE"),
      timeout(8000),
    ),
  );
  return error?.message;
};

const failureOf = async (channel: TlsPeerChannel, code: string) =>
  (
    await firstValueFrom(
      channel.state$.pipe(
        filter(({ error }) => error?.code === code),
        timeout(8000),
      ),
    )
  ).error;

describe("the peer channel", () => {
  const named = { peerIdentity: { commonName: "kme-bob" } };

  it("comes by TLS 1.3 and a post-quantum group, or by the groups that the site names", async () => {
    const talk = async (own: PeerCredentials, options: ConnectionOptions) => {
      const { port } = await open("alice", own, { listen: "tls://127.0.0.1:0" });
      const { cert, key } = certificates.bob;
      const socket = connect({
        port: port ?? 0,
        host: "127.0.0.1",
        cert,
        key,
        ca: authority.ca,
        checkServerIdentity: () => undefined,
        ...options,
      });
      return new Promise((resolve) => {
        socket.once("secureConnect", () => resolve(socket.getProtocol())).once("error", () => resolve(null));
      }).finally(() => socket.destroy());
    };
    const own = credentials(certificates.alice);
    expect(await talk(own, { ecdhCurve: "X25519MLKEM768" })).toBe("TLSv1.3");
    expect(await talk(own, { ecdhCurve: "X25519:prime256v1" })).toBeNull();
    const curves = { ...own, groups: "X25519:prime256v1" };
    expect(await talk(curves, { ecdhCurve: "X25519MLKEM768" })).toBeNull();
    expect(await talk(curves, { ecdhCurve: "X25519" })).toBe("TLSv1.3");
    expect(await talk(curves, { maxVersion: "TLSv1.2" })).toBeNull();
  });

  it("comes up with the certificates that the sites name", async () => {
    const { alice, bob } = await both(
      credentials(certificates.alice, named),
      credentials(certificates.bob, { peerIdentity: { commonName: "kme-alice" } }),
    );
    await Promise.all([up(alice), up(bob)]);
  });

  it("refuses the certificate of an SAE, from the side that listens and from the side that dials", async () => {
    const listening = await both(credentials(certificates.alice, named), credentials(certificates.sae));
    expect(await refusal(listening.alice)).toBe("the certificate of the peer is not the other site's");
    const dialling = await both(
      credentials(certificates.sae),
      credentials(certificates.bob, { peerIdentity: { commonName: "kme-alice" } }),
    );
    expect(await refusal(dialling.bob)).toBe("the certificate of the peer is not the other site's");
  });

  it("refuses the site's own certificate", async () => {
    const { alice, bob } = await both(credentials(certificates.alice), credentials(certificates.alice));
    // Whoever judges first ends the connection before the other has judged.
    expect(await Promise.any([refusal(alice), refusal(bob)])).toBe(
      "the certificate of the peer is this site's own",
    );
  });

  it("refuses a revoked certificate at the handshake", async () => {
    const crl = await authority.crl([certificates.bob]);
    const { alice } = await both(credentials(certificates.alice, { crl }), credentials(certificates.bob));
    expect(await refusal(alice)).toBe("a certificate was refused in the TLS handshake (CERT_REVOKED)");
  });

  it("tells the site that is refused where to look, and the other what it refuses", async () => {
    const { alice, bob } = await both(
      credentials(certificates.alice, { peerIdentity: { commonName: "somebody else" } }),
      credentials(certificates.bob),
    );
    expect(await refusal(alice)).toBe("the certificate of the peer is not the other site's");
    expect(await failureOf(bob, "QKD_PEER_UNREACHABLE")).toMatchObject({
      message: "the peer site closed the connection before it introduced itself",
      remedy: expect.stringMatching(/read the other site's log: it may refuse this site's certificate/),
    });
  });

  it("blames no certificate for bytes that were damaged on the way, at either site", async () => {
    const first = await open("alice", credentials(certificates.alice), { listen: "tls://127.0.0.1:0" });
    const damaging = createServer((near) => {
      const far = createConnection({ port: first.port ?? 0, host: "127.0.0.1" });
      for (const socket of [near, far]) socket.on("error", () => {});
      near.pipe(far);
      // The first bytes name the record; what stands behind them is the introduction of the server.
      far.once("data", (chunk: Buffer) => {
        chunk[20] = (chunk[20] ?? 0) ^ 0xff;
        chunk[chunk.length - 9] = (chunk[chunk.length - 9] ?? 0) ^ 0xff;
        near.write(chunk);
        far.pipe(near);
      });
    });
    await new Promise<void>((resolve) => damaging.listen(0, "127.0.0.1", resolve));
    const { port } = damaging.address() as AddressInfo;
    const second = await open("bob", credentials(certificates.bob), { connect: `tls://127.0.0.1:${port}` });
    const shape = {
      message: expect.stringMatching(/^the TLS handshake with the peer site broke off \(ERR_SSL_[\w/]+\)$/),
      remedy: expect.stringMatching(/what stands on the way/),
      retryable: true,
    };
    expect(await failureOf(second, "QKD_PEER_PROTOCOL")).toMatchObject(shape);
    expect(await failureOf(first, "QKD_PEER_PROTOCOL")).toMatchObject(shape);
    damaging.close();
  });

  it.each([
    ["a caller that speaks no TLS", "GET / HTTP/1.1\r\n\r\n"],
    ["a caller that speaks nonsense", "\u0016\u0003\u0001\u0000\u0005nonsense".repeat(9)],
  ])("blames no certificate for %s", async (_, text) => {
    const { port, state$ } = await open("alice", credentials(certificates.alice), {
      listen: "tls://127.0.0.1:0",
    });
    const failed = firstValueFrom(state$.pipe(filter(({ error }) => error !== null)));
    const socket = createConnection({ port: port ?? 0, host: "127.0.0.1" }).on("error", () => {});
    socket.end(text);
    expect((await failed).error).toMatchObject({ code: "QKD_PEER_PROTOCOL" });
  });

  it.each(["alice", "bob"] as const)(
    "ends a standing connection when %s learns that the other's certificate is revoked, and no other",
    async (site) => {
      const other = site === "alice" ? "bob" : "alice";
      const channels = await both(credentials(certificates.alice), credentials(certificates.bob));
      await Promise.all([up(channels.alice), up(channels.bob)]);
      const epochs = channels[site].state$;
      const harmless = await authority.crl([certificates.other]);
      await channels[site].renew(credentials(certificates[site], { crl: harmless }));
      expect(await firstValueFrom(epochs)).toMatchObject({ state: "up", epoch: 1 });
      const crl = await authority.crl([certificates[other]]);
      await channels[site].renew(credentials(certificates[site], { crl }));
      expect((await firstValueFrom(epochs)).error?.message).toBe("the certificate of the peer is revoked");
      await refusal(channels[site]);
      await channels[site].renew(credentials(certificates[site]));
      expect((await up(channels[site])).epoch).toBe(2);
    },
  );

  it.each(["alice", "bob"] as const)(
    "ends a standing connection when the certificate of %s expires",
    async (site) => {
      const other = site === "alice" ? "bob" : "alice";
      const short = await authority.issue(`kme-${site}`, [], "EC", new Date(Date.now() + 2500));
      const own = { alice: certificates.alice, bob: certificates.bob, [site]: short };
      const channels = await both(credentials(own.alice), credentials(own.bob));
      await up(channels[other]);
      const { error, epoch } = await firstValueFrom(
        channels[other].state$.pipe(
          filter(({ state }) => state === "down"),
          timeout(8000),
        ),
      );
      expect([error?.code, error?.message, epoch]).toEqual([
        "QKD_PEER_CERTIFICATE",
        "the certificate of the peer has expired",
        1,
      ]);
    },
  );

  it("presents the certificate that it was renewed with", async () => {
    const { alice, bob } = await both(
      credentials(certificates.other),
      credentials(certificates.bob, { peerIdentity: { commonName: "kme-alice" } }),
    );
    expect(await refusal(bob)).toBe("the certificate of the peer is not the other site's");
    await alice.renew(credentials(certificates.alice));
    await up(bob);
  });

  it("keeps what it has when it is renewed with something unusable", async () => {
    const { alice, bob } = await both(credentials(certificates.alice), credentials(certificates.bob));
    await Promise.all([up(alice), up(bob)]);
    for (const wrong of [{ authority: "" }, { crl: "" }, { privateKey: certificates.bob.key }])
      await expect(alice.renew(credentials(certificates.alice, wrong))).rejects.toMatchObject({
        code: "QKD_CONFIG_INVALID",
      });
    expect(await firstValueFrom(alice.state$)).toMatchObject({ state: "up", epoch: 1 });
  });
});

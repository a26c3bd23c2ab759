import { randomBytes } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import {
  openPeerChannel,
  type PeerState,
  readLinkSecretFile,
  secretId,
  type TlsPeerChannel,
} from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { authority, ca, found, type Good, identities, place, set, write } from "./check-trial.ts";

const bob = await ca.issue("kme-bob", "31");
write("bob.pem", bob.certificate);
write("bob.key", bob.privateKey);
const strangeSecret = new SecretBytes(new Uint8Array(randomBytes(32_800)));
const spelled = (secret: SecretBytes) =>
  Buffer.from(secretId(secret.reveal())).toString("hex").match(/.{4}/g)?.join(" ") ?? "";
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A device that answers nothing, with what was said to it and how many came. */
async function device() {
  const seen = { bytes: 0, came: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    seen.came++;
    sockets.add(socket.on("error", () => {}));
    socket.on("data", (chunk) => (seen.bytes += chunk.length)).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return { seen, sockets, port: (server.address() as { port: number }).port };
}

/** The other site, waiting for this one. */
async function otherSite(
  more: { linkId?: string; site?: "alice" | "bob"; authority?: string; secret?: SecretBytes } = {},
) {
  const states: PeerState[] = [];
  const channel: TlsPeerChannel = await openPeerChannel({
    introduction: { site: more.site ?? "bob", linkId: more.linkId ?? "link-1" },
    credentials: {
      certificate: bob.certificate,
      privateKey: bob.privateKey,
      authority: more.authority ?? ca.certificate,
      peerIdentity: { commonName: "kme-alice" },
    },
    secret: more.secret ?? readLinkSecretFile(place("secret")),
    listen: "tls://127.0.0.1:0",
  });
  channel.state$.subscribe((state) => states.push(state));
  closing.push(() => channel.close());
  return { states, address: `tls://127.0.0.1:${channel.port}` };
}

const here = await device();
const [closeHere] = closing.splice(0);
afterAll(() => closeHere?.());
const asking =
  (connect: string, more: (site: Good) => unknown = () => {}) =>
  (site: Good) => {
    set("transceiver", { address: `tcp://127.0.0.1:${here.port}`, telemetry: undefined })(site);
    set("peer", { listen: undefined, connect })(site);
    more(site);
  };
const ask = (change: (site: Good) => unknown) => found(change, { network: true });

describe("a check of a site that asks others", () => {
  it("finds nothing where all answer, and says nothing to a device", async () => {
    const unit = await device();
    const { address } = await otherSite();
    const lines = await ask(
      asking(address, (site) => {
        site.transceiver = {
          address: `tcp://127.0.0.1:${unit.port}`,
          telemetry: `modbus+tcp://127.0.0.1:${unit.port}`,
        };
      }),
    );
    expect(lines).toEqual([]);
    await expect.poll(() => [unit.seen, unit.sockets.size]).toEqual([{ bytes: 0, came: 2 }, 0]);
  });

  it("asks nobody where it shall not", async () => {
    const unit = await device();
    await found(set("transceiver", { address: `tcp://127.0.0.1:${unit.port}` }));
    expect(unit.seen.came).toBe(0);
  });

  it("leaves a peer as it was: waiting, with no session begun", async () => {
    const { states, address } = await otherSite();
    expect(await ask(asking(address))).toEqual([]);
    await expect.poll(() => states.at(-1)?.error?.code ?? null).toBe("QKD_PEER_UNREACHABLE");
    expect(states.every(({ epoch }) => epoch === 0)).toBe(true);
  });

  it("tells a device and telemetry that cannot be reached", async () => {
    const gone = { address: "tcp://127.0.0.1:9", telemetry: "modbus+tcp://127.0.0.1:9" };
    const lines = await ask(set("transceiver", gone));
    expect(lines).toEqual([
      expect.stringMatching(/QKD_TRANSPORT_OPEN transceiver\.address: .*ECONNREFUSED/),
      expect.stringMatching(/QKD_TRANSPORT_OPEN transceiver\.telemetry: .*ECONNREFUSED/),
    ]);
    expect(await ask(set("transceiver", { address: `serial:${place("ca.pem")}` }))).toContainEqual(
      expect.stringMatching(/transceiver\.address .* is no serial port/),
    );
    expect(await ask(set("transceiver", { address: "serial:/dev/nowhere" }))).toContainEqual(
      expect.stringMatching(/transceiver\.address .* cannot be used \(ENOENT\)/),
    );
  });

  it.each<[string, () => Promise<string>, RegExp, ((site: Good) => unknown)?]>([
    [
      "that is not there",
      async () => "tls://127.0.0.1:9",
      /QKD_PEER_UNREACHABLE peer\.connect: .*ECONNREFUSED/,
    ],
    [
      "of another link",
      async () => (await otherSite({ linkId: "link-2" })).address,
      /QKD_PEER_PROTOCOL peer\.connect leads to a site of link "link-2", not of "link-1"/,
    ],
    [
      "with the same device",
      async () => (await otherSite({ site: "alice" })).address,
      /QKD_PEER_PROTOCOL peer\.connect leads to a site that says it is alice, too/,
    ],
    [
      "that holds another secret",
      async () => (await otherSite({ secret: strangeSecret })).address,
      new RegExp(
        `QKD_PEER_SECRET peer\\.connect leads to a site whose pre-placed secret has the public id ${spelled(strangeSecret)}, ` +
          `and this site's has ${spelled(readLinkSecretFile(place("secret")))} - place one and the same file`,
      ),
    ],
    [
      "that does not take this site's certificate",
      async () => (await otherSite({ authority: (await authority("another")).certificate })).address,
      /QKD_PEER_CERTIFICATE peer\.connect leads to a site that closes the connection/,
    ],
    [
      "by a certificate that is not the other site's",
      async () => (await otherSite()).address,
      /QKD_PEER_CERTIFICATE peer\.connect answers with the certificate of kme-bob, not the other site's/,
      set("peer", { identity: { commonName: "kme-carol" } }),
    ],
    [
      "of an authority that is not trusted",
      async () => (await otherSite()).address,
      /QKD_PEER_CERTIFICATE peer\.connect: a certificate was refused in the TLS handshake \(\w+\)/,
      set("peer", { ...identityOf("strange"), authority: "strange-ca.pem", crl: undefined }),
    ],
  ])("tells a peer %s", async (_, address, wanted, more) => {
    expect(await ask(asking(await address(), more))).toContainEqual(expect.stringMatching(wanted));
  });

  it("compares no secret where this site's cannot be read, which is told", async () => {
    const { address } = await otherSite({ secret: strangeSecret });
    const lines = await ask(asking(address, set("peer", { secretFile: "short-kek" })));
    expect(lines).toEqual([expect.stringMatching(/QKD_KEYSTORE_UNREADABLE peer\.secretFile/)]);
  });

  it("reaches a device over TLS by the authority that the file names, and by no other", async () => {
    const unit = await ca.issue("qtx-7", "41");
    const server = createTlsServer({ cert: unit.certificate, key: unit.privateKey }, (socket) =>
      socket.on("error", () => {}),
    );
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => server.close());
    const address = `tls://127.0.0.1:${(server.address() as { port: number }).port}`;
    const by = (file: string) =>
      ask((site) =>
        Object.assign(site.transceiver, {
          address,
          telemetry: undefined,
          authority: file,
          serverName: "qtx-7",
        }),
      );
    expect(await by("ca.pem")).toEqual([]);
    expect(await by("strange-ca.pem")).toContainEqual(
      expect.stringMatching(/QKD_TRANSPORT_TLS transceiver\.address/),
    );
  });

  it("tells a program that is no controller", async () => {
    const silent = createTlsServer({ cert: bob.certificate, key: bob.privateKey }, (socket) => {
      socket.on("error", () => {}).write("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    closing.push(() => silent.close());
    const { port } = silent.address() as { port: number };
    expect(await ask(asking(`tls://127.0.0.1:${port}`))).toContainEqual(
      expect.stringMatching(
        /QKD_PEER_PROTOCOL peer\.connect leads to a site with which this one cannot talk/,
      ),
    );
  });

  it("takes a port that the site itself holds, and no other program's with TLS, for its own", async () => {
    const port = async (identity: { certificate: string; privateKey: string }) => {
      const server = createTlsServer({ cert: identity.certificate, key: identity.privateKey }, (socket) =>
        socket.on("error", () => {}),
      );
      server.on("tlsClientError", () => {});
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      closing.push(() => server.close());
      return (server.address() as { port: number }).port;
    };
    const [own, others] = [await port(identities.own), await port(bob)];
    expect(await found(set("peer", { listen: `tls://127.0.0.1:${own}` }))).toEqual([]);
    expect(await found(set("delivery", { listen: `https://127.0.0.1:${own}` }))).toEqual([]);
    expect(await found(set("peer", { listen: `tls://127.0.0.1:${others}` }))).toHaveLength(1);
  });
});

function identityOf(name: string) {
  return { certificate: `${name}.pem`, privateKey: `${name}.key` };
}

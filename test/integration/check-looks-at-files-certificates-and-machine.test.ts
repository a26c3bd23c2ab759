import { chmodSync, chownSync, utimesSync } from "node:fs";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type CheckOptions, checkSite, DevelopmentAuthority, findingLine } from "../../cli/index.ts";
import { DAY_MS, found, type Good, identities, place, set, write } from "./check-trial.ts";

describe("a check of a site", () => {
  it.each<[string, (site: Good) => unknown, RegExp]>([
    // Files.
    [
      "a file that is missing",
      set("peer", { authority: "nowhere" }),
      /QKD_CONFIG_UNREADABLE peer\.authority .*ENOENT/,
    ],
    ["a folder for a file", set("delivery", { crl: "." }), /delivery\.crl .* is no regular file/],
    [
      "a secret for everybody",
      set("peer", { secretFile: "open-secret" }),
      /others may read the file .* - run chmod 600/,
    ],
    ["a short key file", set("store", { keyFile: "short-kek" }), /store\.keyFile: .* holds 31 bytes, not 32/],
    [
      "a private key for others",
      set("peer", { privateKey: "open.key" }),
      /warning .*peer\.privateKey .* may be used by others/,
    ],
    [
      "an authority for everybody",
      set("peer", { authority: "writable.pem" }),
      /warning .*peer\.authority .* may be written by everybody/,
    ],
    [
      "an authority of devices that is missing",
      set("transceiver", { address: "tls://h:1", authority: "nowhere" }),
      /QKD_CONFIG_UNREADABLE transceiver\.authority .*ENOENT/,
    ],
    [
      "a baseline that is missing",
      (site) =>
        Object.assign(site, { dashboard: { listen: "http://127.0.0.1:0", baseline: "nowhere.json" } }),
      /QKD_CONFIG_UNREADABLE dashboard\.baseline .*ENOENT.* - name a file of explain --learn/,
    ],
    [
      "a folder for a baseline",
      (site) => Object.assign(site, { dashboard: { listen: "http://127.0.0.1:0", baseline: "." } }),
      /QKD_CONFIG_INVALID dashboard\.baseline .* is no baseline/,
    ],
    [
      "a certificate for a baseline",
      (site) => Object.assign(site, { dashboard: { listen: "http://127.0.0.1:0", baseline: "own.pem" } }),
      /QKD_CONFIG_INVALID dashboard\.baseline: .* it is not JSON/,
    ],
    // Certificates.
    [
      "another's key towards the device",
      set("transceiver", { address: "tls://h:1", certificate: "own.pem", privateKey: "sae.key" }),
      /transceiver\.privateKey: the private key does not belong/,
    ],
    [
      "a certificate for servers towards the device",
      set("transceiver", { address: "tls://h:1", certificate: "server.pem", privateKey: "server.key" }),
      /transceiver\.certificate is not made for client authentication/,
    ],
    [
      "an empty certificate",
      set("peer", { certificate: "empty.pem" }),
      /peer\.certificate: is empty, holds no certificate/,
    ],
    [
      "a key for an authority",
      set("delivery", { authority: "own.key" }),
      /delivery\.authority: holds PRIVATE KEY, no certificate/,
    ],
    [
      "an authority for a list",
      set("delivery", { crl: "ca.pem" }),
      /delivery\.crl: holds CERTIFICATE, no revocation list/,
    ],
    [
      "another's key",
      set("peer", { privateKey: "sae.key" }),
      /peer\.privateKey: the private key does not belong/,
    ],
    [
      "an old certificate",
      set("peer", { certificate: "old.pem", privateKey: "old.key" }),
      /error QKD_CONFIG_EXPIRY peer\.certificate .*has expired/,
    ],
    [
      "an early one",
      set("delivery", { certificate: "early.pem", privateKey: "early.key" }),
      /error QKD_CONFIG_EXPIRY delivery\.certificate .* is not valid before/,
    ],
    [
      "one that ends soon",
      set("peer", { certificate: "soon.pem", privateKey: "soon.key" }),
      /warning QKD_CONFIG_EXPIRY peer\.certificate .* expires on/,
    ],
    [
      "an old authority",
      set("delivery", { authority: "old-ca.pem" }),
      /error QKD_CONFIG_EXPIRY delivery\.authority .*has expired/,
    ],
    [
      "one for servers alone",
      set("peer", { certificate: "server.pem", privateKey: "server.key" }),
      /peer\.certificate is not made for server and client/,
    ],
    [
      "one for clients alone",
      set("delivery", { certificate: "client.pem", privateKey: "client.key" }),
      /delivery\.certificate is not made for server/,
    ],
    [
      "a stranger's",
      set("peer", { certificate: "strange.pem", privateKey: "strange.key" }),
      /error QKD_PEER_CERTIFICATE peer\.certificate would be refused/,
    ],
    [
      "a chain that does not lead on",
      set("delivery", { certificate: "muddled.pem" }),
      /delivery\.certificate holds certificate 2, which did not sign/,
    ],
    ["an old list", set("delivery", { crl: "old.crl" }), /error QKD_CONFIG_EXPIRY delivery\.crl has expired/],
    [
      "an early list",
      set("delivery", { crl: "future.crl" }),
      /error QKD_CONFIG_EXPIRY delivery\.crl is not valid before/,
    ],
    [
      "a stranger's list",
      set("delivery", { crl: "strange.crl" }),
      /delivery\.crl holds no list of CN=the authority/,
    ],
    [
      "a list that revokes oneself",
      set("peer", { crl: "revoking.crl" }),
      /peer\.certificate is revoked by peer\.crl/,
    ],
    [
      "a forged list",
      set("peer", { crl: "forged.crl" }),
      /peer\.certificate would be refused .*CRL_SIGNATURE_FAILURE/,
    ],
    // The machine.
    [
      "no folder for the store",
      set("store", { path: "none/keys.db" }),
      /store\.path .* a folder that cannot be written: .*\(ENOENT\)/,
    ],
    [
      "no folder for recordings",
      (config) => Object.assign(config, { recording: { folder: "none" } }),
      /warning QKD_CONFIG_MACHINE recording\.folder cannot be written to, .*\(ENOENT\)/,
    ],
    ["a folder for a store", set("store", { path: "." }), /store\.path .* is no regular file/],
    [
      "an address of other machines",
      set("delivery", { listen: "https://192.0.2.7:8443" }),
      /cannot listen on 192\.0\.2\.7:8443: EADDRNOTAVAIL/,
    ],
  ])("tells %s", async (_, change, wanted) => {
    expect(await found(change)).toContainEqual(expect.stringMatching(wanted));
  });

  it.each<[string, Partial<CheckOptions>, RegExp]>([
    [
      "a clock of the last century",
      { machine: { nowMs: 1e6 } },
      /error QKD_CONFIG_MACHINE the clock says 1970/,
    ],
    ["a clock of the next", { machine: { nowMs: 5e12 } }, /error QKD_CONFIG_MACHINE the clock says 2128/],
    [
      "few files",
      { machine: { openFiles: 80 } },
      /warning .* delivery of 1024 connections finds room for 40.*\(ulimit -n\)/,
    ],
    [
      "few files for the peer",
      { machine: { openFiles: 80 } },
      /warning .* peer of 64 connections finds room for 10/,
    ],
    [
      "little space",
      { machine: { freeBytes: () => 2 ** 26 + 1 } },
      /warning .*store\.path .* has 64 MiB of free space/,
    ],
    ["no space", { machine: { freeBytes: () => 1000 } }, /error .*store\.path .* has 0 MiB of free space/],
  ])("tells %s of a machine", async (_, options, wanted) => {
    expect(await found(() => {}, options)).toContainEqual(expect.stringMatching(wanted));
  });

  it("tells a private key of another user", async () => {
    write("foreign.key", identities.own.privateKey);
    // Who is not root cannot give files away, but cannot be the user of this number either.
    if (process.getuid?.() === 0) chownSync(place("foreign.key"), 4321, 4321);
    expect(
      await found(set("peer", { privateKey: "foreign.key" }), { machine: { uid: 98_765 } }),
    ).toContainEqual(
      expect.stringMatching(/warning .*peer\.privateKey .* belongs to another user - run chown 98765/),
    );
  });

  it("tells a file of the future, and one that everybody may write", async () => {
    const file = place("loose.json");
    await found(() => {}, {}, file);
    chmodSync(file, 0o666);
    utimesSync(file, new Date(), new Date(Date.now() + 3 * DAY_MS));
    const lines = (await checkSite(file, { network: false })).map(findingLine);
    expect(lines).toEqual([
      expect.stringMatching(
        /loose\.json:1:1 warning .* this file may be written by everybody - run chmod o-w/,
      ),
      expect.stringMatching(/loose\.json:1:1 warning .* this file was written in the future/),
    ]);
  });

  describe("with certificates of applications", () => {
    const check = (names: readonly string[], change: (site: Good) => unknown = () => {}) =>
      found(change, { saeCertificates: names.map(place) });

    it("finds nothing where each is one application's", async () => {
      expect(await check(["sae.pem", "sae2.pem"])).toEqual([]);
      expect(await check(["sae.pem"], (site) => Reflect.deleteProperty(site, "saes"))).toEqual([]);
    });

    it.each<[string, string[], (site: Good) => unknown, RegExp]>([
      [
        "one that no entry names",
        ["sae2.pem"],
        ({ saes }) => saes.pop(),
        /sae2\.pem: no application of this site is known by it/,
      ],
      [
        "the site's own",
        ["own.pem"],
        () => {},
        /own\.pem: is this site's own certificate \(peer\.certificate\), which speaks for no application - name an application's/,
      ],
      [
        "the other site's",
        ["sae.pem"],
        set("peer", { identity: { commonName: "gw-1" } }),
        /sae\.pem: is the other site's certificate \(peer\.identity\), which speaks for no application/,
      ],
      [
        "one of two",
        ["sae.pem"],
        ({ saes }) => Object.assign(saes[1] ?? {}, { identity: { serial: "21" } }),
        /is that of sae-1 and sae-2/,
      ],
      ["an old one", ["saeOld.pem"], () => {}, /saeOld\.pem: .* has expired/],
      ["a stranger's", ["saeStrange.pem"], () => {}, /saeStrange\.pem: is not signed by an authority/],
      ["a revoked one", ["sae.pem"], set("delivery", { crl: "revoking-sae.crl" }), /sae\.pem: is revoked/],
      ["none", ["own.key"], () => {}, /holds PRIVATE KEY, no certificate/],
      ["a missing file", ["nowhere.pem"], () => {}, /nowhere\.pem: cannot be read/],
      [
        "two of one application",
        ["sae.pem", "saeStrange.pem"],
        () => {},
        /saeStrange\.pem: speaks for sae-1, as .*sae\.pem does: who comes first stands/,
      ],
    ])("tells %s", async (_, names, change, wanted) => {
      expect(await check(names, change)).toContainEqual(expect.stringMatching(wanted));
    });
  });

  describe("of ports", () => {
    const servers: { close: () => unknown }[] = [];
    afterEach(() => {
      for (const server of servers.splice(0)) server.close();
    });

    it("tells one whose program begins a handshake and drips on without end", async () => {
      const server = createServer((socket) => {
        // The head of a TLS record that never becomes whole.
        socket.write(Uint8Array.of(0x16, 3, 3, 0x40, 0));
        const drip = setInterval(() => socket.write("x"), 200);
        socket.on("close", () => clearInterval(drip)).on("error", () => {});
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      expect(await found(set("peer", { listen: `tls://127.0.0.1:${port}` }))).toEqual([
        expect.stringContaining(`peer.listen cannot listen on 127.0.0.1:${port}: another program does`),
      ]);
    });

    it("tells one that another program has", async () => {
      const server = createServer((socket) => socket.destroy());
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      for (const [field, change] of [
        ["peer.listen", set("peer", { listen: `tls://127.0.0.1:${port}` })],
        ["delivery.listen", set("delivery", { listen: `https://127.0.0.1:${port}` })],
      ] as const)
        expect(await found(change)).toEqual([
          expect.stringContaining(`${field} cannot listen on 127.0.0.1:${port}: another program does`),
        ]);
    });
  });
});

describe("what a development authority makes", () => {
  it("passes", async () => {
    const root = await DevelopmentAuthority.create();
    const { certificate, privateKey } = await root.issue("kme-alice");
    write("dev-ca.pem", root.certificate);
    write("dev.pem", certificate);
    write("dev.key", privateKey);
    const dev = { certificate: "dev.pem", privateKey: "dev.key", authority: "dev-ca.pem", crl: undefined };
    expect(
      await found((site) => {
        Object.assign(site.peer, dev);
        Object.assign(site.delivery, dev);
      }),
    ).toEqual([]);
  });
});

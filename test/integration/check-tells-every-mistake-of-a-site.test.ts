import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { folder, found, type Good, place, policy, sae, set } from "./check-trial.ts";

const nats = (value: object) => (site: Good) => Object.assign(site, { nats: value });
const alarms = (value: object) => (site: Good) => Object.assign(site, { alarms: value });

describe("a check of a site", () => {
  it("finds nothing where nothing is wrong, and leaves nothing behind", async () => {
    const before = readdirSync(folder).filter((name) => name !== "site.json");
    expect(await found()).toEqual([]);
    expect(readdirSync(folder).filter((name) => name !== "site.json")).toEqual(before);
    expect(existsSync(place("keys.db"))).toBe(false);
  });

  it("tells all mistakes at once, in the order of their lines", async () => {
    const lines = await found((site) => {
      Object.assign(site, { site: "eve", developmentSeed: "x" });
      Object.assign(site.link, { preset: "yuan2081", losDb: 1 });
      Object.assign(site.peer, { secretFile: "nowhere" });
      Object.assign(site.store, { capacityBits: "many" });
    });
    expect(lines.map((line) => line.replace(`${folder}/`, "").slice(0, 95))).toEqual([
      expect.stringMatching(/^site\.json:2:10 error QKD_CONFIG_INVALID site must be one of alice, bob/),
      expect.stringMatching(/^site\.json:14:17 error QKD_KEYSTORE_UNREADABLE peer\.secretFile/),
      expect.stringMatching(/^site\.json:17:13 error QKD_CONFIG_INVALID link\.preset/),
      expect.stringMatching(/^site\.json:19:3 error QKD_CONFIG_INVALID link\.losDb is not a known field/),
      expect.stringMatching(/^site\.json:24:19 error QKD_CONFIG_INVALID store\.capacityBits must be integer/),
      expect.stringMatching(/^site\.json:50:\d+ warning QKD_CONFIG_INVALID developmentSeed is set/),
    ]);
  });

  it("does not tell a name as missing that is only misspelt", async () => {
    const lines = await found((site) => {
      Object.assign(site, { linkID: site.linkId });
      Reflect.deleteProperty(site, "linkId");
    });
    expect(lines).toEqual([expect.stringMatching(/linkID is not a known field - write linkId$/)]);
  });

  it.each<[string, (site: Good) => unknown, RegExp]>([
    // NATS servers.
    [
      "events in the clear",
      nats({ servers: ["nats://bus.example:4222"] }),
      /site\.json:\d+:\d+ error QKD_CONFIG_INVALID nats\.servers \(nats:.* in the clear over a network/,
    ],
    [
      "servers by TLS without an authority",
      nats({ servers: ["tls://bus:4222"] }),
      /nats\.authority is needed/,
    ],
    [
      "an authority of servers that is nowhere",
      nats({ servers: ["tls://bus:4222"], authority: "none.pem" }),
      /nats\.authority \(.*none\.pem\) cannot be read/,
    ],
    [
      "a network that is no part of a subject",
      nats({ servers: ["nats://127.0.0.1:4222"], network: "a.b" }),
      /nats\.network \(a\.b\)/,
    ],
    // Collectors of alarms.
    ["alarms to nobody", alarms({ enterprise: "7" }), /alarms names nobody to tell/],
    [
      "an address of a collector that is none",
      alarms({ syslog: { address: "syslog.example" } }),
      /alarms\.syslog\.address \(syslog\.example\) is no address of a collector - use tls:/,
    ],
    [
      "a collector over TLS without an authority",
      alarms({ syslog: { address: "tls://noc:6514" } }),
      /error .* alarms\.syslog\.authority is missing for tls:/,
    ],
    [
      "certificates for a collector without TLS",
      alarms({ syslog: { address: "tcp://127.0.0.1:601", authority: "ca.pem" } }),
      /error .* alarms\.syslog\.authority has no effect on tcp:/,
    ],
    [
      "a collector that everybody can read",
      alarms({ syslog: { address: "udp://noc:514" } }),
      /warning .* alarms\.syslog\.address .* reads and forges/,
    ],
    [
      "half an identity for a collector",
      alarms({ syslog: { address: "tls://noc:6514", authority: "ca.pem", certificate: "kme.pem" } }),
      /error .* alarms\.syslog\.certificate and alarms\.syslog\.privateKey go together/,
    ],
    [
      "a receiver of SNMP without user and community",
      alarms({ snmp: { address: "udp://noc:162" } }),
      /error .* exactly one of user and communityFile/,
    ],
    [
      "a user without a passphrase",
      alarms({ snmp: { address: "udp://noc:162", user: "u", authPassphraseFile: "store.kek" } }),
      /error .* alarms\.snmp\.privPassphraseFile is missing for a user/,
    ],
    [
      "a community that others may read",
      alarms({ snmp: { address: "udp://noc:162", communityFile: "kme.pem" } }),
      /alarms\.snmp\.communityFile.* - name a user/,
    ],
    [
      "an authority of a collector that is none",
      alarms({ syslog: { address: "tls://noc:6514", authority: "site.json" } }),
      /error .* alarms.*authority.* holds no certificate/,
    ],
    [
      "an enterprise that is none",
      alarms({ enterprise: "1.3.x", snmp: { address: "udp://noc:162" } }),
      /error .* alarms\.enterprise \(1\.3\.x\) is no enterprise number/,
    ],
    // Names and values.
    [
      "an unknown name",
      set("link", { losDb: 1 }),
      /error .* link\.losDb is not a known field - write lossDb$/,
    ],
    [
      "a name of nothing",
      set("link", { xyzzy: 1 }),
      /link\.xyzzy is not a known field - known here: preset, /,
    ],
    [
      "a misspelt choice",
      set("delivery", { minTlsVersion: "TLSv13" }),
      /minTlsVersion must be one of .* - write TLSv1\.3$/,
    ],
    ["a value out of range", set("link", { lossDb: -1 }), /link\.lossDb must be >= 0/],
    [
      "a missing field",
      ({ store }) => Reflect.deleteProperty(store, "keyFile"),
      /store\.keyFile is missing - add it/,
    ],
    ["no object", (site) => Object.assign(site, { peer: 5 }), /error .* peer must be object/],
    [
      "identities of two kinds",
      sae({ identity: { san: "a", serial: "1" } }),
      /saes\.0\.identity must say exactly one/,
    ],
    [
      "a number for a fingerprint",
      sae({ identity: { fingerprint: 1 } }),
      /identity\.fingerprint must be a text or a list/,
    ],
    // The dashboard.
    [
      "a dashboard that shows its token to everybody",
      (site) => Object.assign(site, { dashboard: { listen: "http://0.0.0.0:8014" } }),
      /error .* dashboard\.listen .* would show the token .* - use https:\/\/ beyond this machine$/,
    ],
    [
      "a dashboard on another's port",
      (site) => {
        Object.assign(site.delivery, { listen: "https://127.0.0.1:48014" });
        Object.assign(site, { dashboard: { listen: "https://0.0.0.0:48014" } });
      },
      /error .* dashboard\.listen takes the port \d+ of delivery\.listen/,
    ],
    [
      "a dashboard nowhere",
      (site) => Object.assign(site, { dashboard: { listen: "http://user@127.0.0.1:8014" } }),
      /error .* dashboard\.listen is no address to listen on/,
    ],
    [
      "a dashboard's certificate without its key",
      (site) =>
        Object.assign(site, { dashboard: { listen: "https://127.0.0.1:8999", certificate: "site.pem" } }),
      /error .* dashboard\.certificate and dashboard\.privateKey go together/,
    ],
    [
      "a dashboard's authority of no use",
      (site) => Object.assign(site, { dashboard: { listen: "http://127.0.0.1:8999", authority: "ca.pem" } }),
      /warning .* dashboard\.authority has no effect on http:/,
    ],
    [
      "elements of another link",
      (site) =>
        Object.assign(site, {
          link: { ...site.link, lossDb: 8 },
          dashboard: { listen: "http://127.0.0.1:8999", elements: [{ kind: "span", name: "A", lossDb: 5 }] },
        }),
      /warning .* dashboard\.elements add up to 5\.00 dB, link\.lossDb is 8/,
    ],
    // Contradictions.
    [
      "certificates of no use",
      set("transceiver", { authority: "ca.pem" }),
      /warning .*transceiver\.authority has no effect on tcp:/,
    ],
    [
      "a certificate without its key",
      set("transceiver", { address: "tls://h:1", certificate: "own.pem" }),
      /error .*transceiver\.certificate and transceiver\.privateKey go together/,
    ],
    [
      "both ways to the peer",
      set("peer", { connect: "tls://h:1" }),
      /peer needs exactly one of listen and connect/,
    ],
    ["no peer address", set("peer", { listen: "tcp://h:1" }), /QKD_TRANSPORT_ADDRESS peer\.listen/],
    [
      "no address to connect to",
      set("peer", { listen: undefined, connect: "h:1" }),
      /QKD_TRANSPORT_ADDRESS peer\.connect/,
    ],
    [
      "port 0 to connect to",
      set("peer", { listen: undefined, connect: "tls://h:0" }),
      /peer\.connect names port 0/,
    ],
    [
      "no device address",
      set("transceiver", { address: "http://h" }),
      /QKD_TRANSPORT_ADDRESS transceiver\.address/,
    ],
    [
      "no telemetry address",
      set("transceiver", { telemetry: "tcp://h:1" }),
      /QKD_TRANSPORT_ADDRESS transceiver\.telemetry/,
    ],
    [
      "no delivery address",
      set("delivery", { listen: "https://h:99999" }),
      /delivery\.listen is no address to listen on/,
    ],
    [
      "one port for two",
      (site) => {
        site.peer.listen = "tls://0.0.0.0:8443";
        site.delivery.listen = "https://127.0.0.1:8443";
      },
      /delivery\.listen takes the port 8443 of peer\.listen/,
    ],
    ["an unknown preset", set("link", { preset: "yuan2081" }), /no preset named yuan2081 - write yuan2018$/],
    [
      "one KME at both ends",
      set("delivery", { peerKmeId: "kme-alice" }),
      /delivery\.peerKmeId is this site's own kmeId/,
    ],
    [
      "a store over its key",
      set("store", { path: "./kek" }),
      /error .* store\.keyFile names the same file as store\.path/,
    ],
    [
      "a secret that is a key",
      set("store", { keyFile: "secret" }),
      /store\.keyFile names the same file as peer\.secretFile/,
    ],
    [
      "levels upside down",
      policy({ fallbackBelowBits: 9000, poolClearBits: 8000 }),
      /error .*policy\.poolClearBits \(8000\) lies below/,
    ],
    [
      "a level above the stock",
      policy({ poolClearBits: 600_000 }),
      /error .*poolClearBits \(600000\) is more than the half/,
    ],
    [
      "a warning above the stock",
      policy({ poolLowBits: 600_000 }),
      /warning .*poolLowBits \(600000\) is more than the half/,
    ],
    [
      "a reserve above the stock",
      policy({ pqcReserveBits: 600_000 }),
      /warning .*pqcReserveBits \(600000\) is more than/,
    ],
    [
      "keys that expire early",
      set("store", { maxAgeS: 5 }),
      /warning .*store\.maxAgeS \(5\) is no longer than the 10 s/,
    ],
    [
      "more of one than of all",
      set("delivery", { limits: { connections: 5, connectionsPerAddress: 6 } }),
      /warning .*delivery\.limits\.connectionsPerAddress \(6\) is more than connections \(5\)/,
    ],
    [
      "late headers",
      set("delivery", { limits: { headersMs: 9, requestMs: 8 } }),
      /warning .*headersMs \(9\) is more than requestMs \(8\)/,
    ],
    [
      "limits of a site that connects",
      set("peer", { listen: undefined, connect: "tls://h:1", limits: { helloMs: 9 } }),
      /warning .*peer\.limits has no effect/,
    ],
    [
      "a seed",
      (site) => Object.assign(site, { developmentSeed: "x" }),
      /warning .*developmentSeed is set: .* NOT secret/,
    ],
    // Applications.
    ["an ID twice", sae({ id: "sae-2" }), /error .*saes\.1\.id is that of saes\.0, too/],
    [
      "an identity twice",
      sae({ identity: { name: "gw-2" } }),
      /error .*saes\.1\.identity is met by the certificate of saes\.0/,
    ],
    [
      "one that may be another's",
      sae({ identity: { san: "gw-2" } }),
      /warning .*saes\.1\.identity can be met by/,
    ],
    [
      "a serial number twice",
      ({ saes }) => {
        Object.assign(saes[0] ?? {}, { identity: { serial: "00:ab" } });
        Object.assign(saes[1] ?? {}, { identity: { serial: "AB" } });
      },
      /saes\.1\.identity is met by the certificate of saes\.0/,
    ],
    [
      "a fingerprint twice",
      ({ saes }) => {
        Object.assign(saes[0] ?? {}, { identity: { fingerprint: ["cd".repeat(32), "AB".repeat(32)] } });
        Object.assign(saes[1] ?? {}, { identity: { fingerprint: "ab:".repeat(31).concat("ab") } });
      },
      /saes\.1\.identity is met by the certificate of saes\.0/,
    ],
    [
      "no fingerprint",
      sae({ identity: { fingerprint: "ab" } }),
      /saes\.0\.identity\.fingerprint: cannot be the one/,
    ],
    [
      "no peer's serial",
      set("peer", { identity: { serial: "xyz" } }),
      /peer\.identity\.serial: cannot be the one/,
    ],
    [
      "sizes upside down",
      sae({ minKeySizeBits: 512, maxKeySizeBits: 256 }),
      /saes\.0: .*minKeySizeBits <= keySizeBits/,
    ],
    ["an application called as a KME", sae({ id: "kme-bob" }), /saes\.0\.id is the name of a KME/],
    [
      "one allowed and unknown",
      set("delivery", { allowPqcFor: ["sae-9"] }),
      /warning .*allowPqcFor names sae-9, which saes does not/,
    ],
    [
      "one allowed against its origins",
      (site) => {
        sae({ origins: ["qkd"] })(site);
        set("delivery", { allowPqcFor: ["sae-1"] })(site);
      },
      /warning .*allowPqcFor names sae-1, whose origins leave pqc out/,
    ],
    [
      "what saes replaces",
      set("delivery", { saeIdentity: ["commonName"] }),
      /warning .*saeIdentity has no effect beside saes/,
    ],
    [
      "a peer with one's own name",
      set("delivery", { peerKmeId: "kme-alice", kmeId: "k" }),
      /peerKmeId names this site's own certificate/,
    ],
    [
      "a peer that is oneself",
      set("peer", { identity: { serial: "11" } }),
      /peer\.identity names this site's own certificate/,
    ],
    [
      "an application that is the site",
      sae({ identity: { commonName: "kme-alice" } }),
      /saes\.0\.identity is met by delivery\.certificate/,
    ],
  ])("tells %s", async (_, change, wanted) => {
    expect(await found(change)).toContainEqual(expect.stringMatching(wanted));
  });
});

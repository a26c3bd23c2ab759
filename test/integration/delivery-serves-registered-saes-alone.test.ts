import { X509Certificate } from "node:crypto";
import { type ConnectionOptions, connect } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type CallerNews,
  type CallerOptions,
  createDeliveryServer,
  type DeliveryServer,
} from "../../controller/index.ts";
import { client, type TestCertificate, testAuthority, twoSites } from "./delivery-sites.ts";
import { askOnce } from "./resumed-session.ts";

const STATUS = "/api/v1/keys/sae-b/status";
const ENC = "/api/v1/keys/sae-b/enc_keys";
const YEAR_MS = 365 * 86_400_000;

let sites: Awaited<ReturnType<typeof twoSites>>;
let own: TestCertificate;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  sites = await twoSites();
  own = await sites.authority.issue("kme-a", [{ type: "ip", value: "127.0.0.1" }]);
  await sites.pools.fill(64_000);
  await sites.pools.fill(64_000, "pqc");
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => sites.close());

/** A server at Alice's pool whose clock may be moved; what it tells is gathered. */
async function serve(options: CallerOptions & { readonly crl?: string } = {}) {
  const { crl, ...who } = options;
  // Standing still, beyond the second in which the test issues its certificates.
  const clock = { ms: Date.now() + 60_000 };
  const told: CallerNews[] = [];
  const tls = { ...own, ca: sites.authority.ca, ...(crl === undefined ? {} : { crl }) };
  const server: DeliveryServer = await createDeliveryServer({
    keys: { pool: sites.pools.alice.pool, fallback: () => ({ engaged: false, reason: null }) },
    tls,
    listen: { host: "127.0.0.1", port: 0 },
    ids: { sourceKmeId: "kme-a", targetKmeId: "kme-b" },
    told: (news) => told.push(news),
    now: () => clock.ms,
    ...who,
  });
  ends.push(() => server.close());
  const as = (certificate: TestCertificate) => {
    const caller = client(server.url, sites.authority.ca, certificate);
    ends.push(() => caller.close());
    return caller;
  };
  return { server, as, clock, told, tls };
}

const print = ({ cert }: TestCertificate) => new X509Certificate(cert).fingerprint256;
const issue = (name: string, dns: string[] = []) =>
  sites.authority.issue(
    name,
    dns.map((value) => ({ type: "dns" as const, value })),
  );
const message = (answer: { status: number; body: { message?: string } }) => [
  answer.status,
  answer.body.message,
];

describe("an SAE", () => {
  it("is who the first certificate of its name says, and no other certificate", async () => {
    const { as, told, server, tls } = await serve();
    const [first, second] = [await issue("gw-1", ["localhost"]), await issue("gw-2", ["localhost"])];
    const status = await as(first).get(STATUS);
    expect(status.body.master_SAE_ID).toBe("localhost");
    expect(status.body.status_extension).toMatchObject({
      qkdlink_sae_identity: "sanDns",
      qkdlink_sae_fingerprint: print(first),
    });
    const reason = "another certificate speaks for this SAE already; register SAEs by fingerprint";
    expect(message(await as(second).post(ENC))).toEqual([401, reason]);
    expect(told).toEqual([
      { type: "saeKnown", sae: "localhost", by: "sanDns", fingerprint: print(first) },
      { type: "callerRefused", reason, fingerprint: print(second) },
    ]);
    const renewed = await issue("gw-1", ["localhost"]);
    expect(message(await as(renewed).get(STATUS))).toEqual([200, undefined]);
    server.renew({ tls, policy: { saeIdentity: ["commonName"] } });
    expect((await as(second).get(STATUS)).body.master_SAE_ID).toBe("gw-2");
  });

  it("is known by common name, alternative name, serial number or fingerprint, as registered", async () => {
    const certificates = await Promise.all(
      ["a", "b", "c", "d", "e"].map((name) => issue(name, [`${name}.example`])),
    );
    const [a, b, c, d, e] = certificates as [TestCertificate, ...TestCertificate[]] &
      Record<1 | 2 | 3 | 4, TestCertificate>;
    const { as, server, tls } = await serve({
      saes: [
        { id: "by-name", identity: { commonName: "a" } },
        { id: "by-san", identity: { san: "b.example" } },
        { id: "by-serial", identity: { serial: c.serialNumber } },
        { id: "by-print", identity: { fingerprint: [print(d).replaceAll(":", "").toLowerCase()] } },
      ],
    });
    const known = await Promise.all([a, b, c, d].map(async (each) => (await as(each).get(STATUS)).body));
    expect(known.map(({ master_SAE_ID }) => master_SAE_ID)).toEqual([
      "by-name",
      "by-san",
      "by-serial",
      "by-print",
    ]);
    expect(known[2].status_extension.qkdlink_sae_identity).toBe("serial");
    const stranger = as(e);
    expect(message(await stranger.get(STATUS))).toEqual([401, "this SAE is not registered here"]);
    const kept = as(a);
    expect((await kept.get(STATUS)).status).toBe(200);
    server.renew({ tls, saes: [{ id: "late", identity: { commonName: "e" } }] });
    expect((await stranger.get(STATUS)).body.master_SAE_ID).toBe("late");
    expect((await kept.get(STATUS)).status).toBe(401);
  });

  it("has one certificate at a time that speaks for it, registered or not", async () => {
    const first = await sites.authority.issue(
      "gw-1",
      [{ type: "dns", value: "gw" }],
      "EC",
      new Date(Date.now() + 120_000),
    );
    const second = await issue("gw-2", ["gw"]);
    for (const options of [{}, { saes: [{ id: "gw", identity: { san: "gw" } }] }]) {
      const { as, clock } = await serve(options);
      expect((await as(first).get(STATUS)).status).toBe(200);
      const late = as(second);
      const refused = await late.get(STATUS);
      expect([refused.status, refused.headers.connection]).toEqual([401, "close"]);
      clock.ms += 120_000;
      expect((await late.get(STATUS)).body.master_SAE_ID).toBe("gw");
    }
  });

  it("is refused where its certificate is that of two entries", async () => {
    const { as } = await serve({
      saes: [
        { id: "one", identity: { commonName: "gw" } },
        { id: "two", identity: { san: "gw.example" } },
      ],
    });
    expect(message(await as(await issue("gw", ["gw.example"])).get(STATUS))).toEqual([
      401,
      "the client certificate is that of several SAEs of this KME",
    ]);
  });

  it("keeps to its peers, sizes, numbers, origins and quota", async () => {
    const certificate = await issue("gw");
    const { as, clock } = await serve({
      saes: [
        {
          id: "gw",
          identity: { commonName: "gw" },
          peers: ["sae-b"],
          keySizeBits: 128,
          maxKeySizeBits: 256,
          maxKeysPerRequest: 2,
          quotaBps: 10,
        },
      ],
    });
    const gw = as(certificate);
    expect((await gw.get(STATUS)).body).toMatchObject({
      key_size: 128,
      max_key_size: 256,
      max_key_per_request: 2,
    });
    for (const [path, name] of [
      ["/api/v1/keys/sae-c/status", "slave"],
      ["/api/v1/keys/sae-c/enc_keys", "slave"],
      ["/api/v1/keys/sae-c/dec_keys?key_ID=x", "master"],
    ] as const)
      expect(message(await gw.get(path)), path).toEqual([400, `${name}_SAE_ID is not known`]);
    expect((await gw.post(ENC, { size: 264 })).status).toBe(400);
    expect((await gw.post(ENC, { number: 3 })).status).toBe(400);
    const accept = { extension_mandatory: [{ qkdlink_accept_pqc: true }] };
    expect((await gw.post(ENC, accept)).status).toBe(400);
    expect((await gw.post(ENC, { number: 2, size: 256 })).status).toBe(200);
    expect((await gw.post(ENC, { number: 2, size: 256 })).status).toBe(200);
    const spent = await gw.post(ENC);
    expect([...message(spent), spent.headers["retry-after"]]).toEqual([
      503,
      "the quota of this SAE is used up",
      "43",
    ]);
    clock.ms += 43_000;
    expect((await gw.post(ENC)).status).toBe(200);
    expect((await as(certificate).post(ENC)).status).toBe(503);
  });

  it("gets keys of the origins it is registered for, and no others", async () => {
    const { as } = await serve({
      saes: [
        { id: "both", identity: { commonName: "both" }, origins: ["qkd", "pqc"] },
        { id: "late", identity: { commonName: "late" }, origins: ["pqc"] },
      ],
    });
    const only = { extension_mandatory: [{ qkdlink_origin: "pqc" }, { qkdlink_accept_pqc: true }] };
    const origin = (answer: { body: { keys?: { key_extension: { qkdlink_origin: string } }[] } }) =>
      answer.body.keys?.[0]?.key_extension.qkdlink_origin;
    const [both, late] = [as(await issue("both")), as(await issue("late"))];
    expect([origin(await both.post(ENC)), origin(await both.post(ENC, only))]).toEqual(["qkd", "pqc"]);
    expect(origin(await late.post(ENC))).toBe("pqc");
    expect((await late.post(ENC, { extension_mandatory: [{ qkdlink_origin: "qkd" }] })).status).toBe(400);
  });

  it("fetches keys of the origins it is registered for, and what it is refused stays to be fetched", async () => {
    const certificate = await issue("slave");
    const saes = (origins?: readonly ("qkd" | "pqc")[]) => [
      { id: "slave", identity: { commonName: "slave" }, ...(origins === undefined ? {} : { origins }) },
    ];
    const audience = { master: "sae-b", slave: "slave" };
    const taken = async (origin: "qkd" | "pqc") => {
      const [key] = await sites.pools.bob.pool.takeMany({ bits: 256, count: 1, audience, origin });
      return key?.keyId ?? "";
    };
    const [qkd, pqc] = [await taken("qkd"), await taken("pqc")];
    const body = (...ids: string[]) => ({ key_IDs: ids.map((key_ID) => ({ key_ID })) });
    const fetching = async (origins: readonly ("qkd" | "pqc")[] | undefined, ...ids: string[]) => {
      const { as } = await serve({ saes: saes(origins) });
      return await as(certificate).post("/api/v1/keys/sae-b/dec_keys", body(...ids));
    };
    const refused = [401, "the policy of this KME gives the caller no key of this origin"];
    // Registered without a word of origins: QKD keys alone.
    for (const origins of [undefined, ["qkd"]] as const) {
      expect(message(await fetching(origins, pqc))).toEqual(refused);
      expect(message(await fetching(origins, qkd, pqc))).toEqual(refused);
    }
    expect(message(await fetching(["pqc"], qkd))).toEqual(refused);
    const both = await fetching(["qkd", "pqc"], qkd, pqc);
    expect([both.status, both.body.keys?.map(({ key_ID }: { key_ID: string }) => key_ID)]).toEqual([
      200,
      [qkd, pqc],
    ]);
  });

  it.each<[string, CallerOptions, string]>([
    ["two identities", { saes: [{ id: "a", identity: { commonName: "a", san: "b" } }] }, "saes.0.identity"],
    ["no identity", { saes: [{ id: "a", identity: {} }] }, "saes.0.identity"],
    [
      "a short fingerprint",
      { saes: [{ id: "a", identity: { fingerprint: "aa:bb" } }] },
      "saes.0.identity.fingerprint",
    ],
    ["an endless name", { saes: [{ id: "a".repeat(257), identity: { san: "a" } }] }, "saes.0.id"],
    ["no rate", { saes: [{ id: "a", identity: { san: "a" }, quotaBps: 0 }] }, "saes.0.quotaBps"],
    ["no origin", { saes: [{ id: "a", identity: { san: "a" }, origins: [] }] }, "saes.0.origins"],
    ["an impossible size", { saes: [{ id: "a", identity: { san: "a" }, keySizeBits: 7 }] }, "saes.0"],
    [
      "an ID twice",
      {
        saes: [
          { id: "a", identity: { san: "a" } },
          { id: "a", identity: { san: "b" } },
        ],
      },
      "saes.1",
    ],
    [
      "a certificate twice",
      {
        saes: [
          { id: "a", identity: { fingerprint: "ab".repeat(32) } },
          { id: "b", identity: { fingerprint: ["cd".repeat(32), "AB".repeat(32)] } },
        ],
      },
      "saes.1",
    ],
  ])("is not registered with %s", async (_, options, field) => {
    await expect(serve(options)).rejects.toMatchObject({ code: "QKD_CONFIG_INVALID", context: { field } });
  });
});

describe("a certificate", () => {
  it("that expires on a kept connection is refused from then on", async () => {
    const until = new Date(Date.now() + 3_600_000);
    const short = await sites.authority.issue("short", [], "EC", until);
    const { as, clock, told } = await serve();
    const caller = as(short);
    expect((await caller.get(STATUS)).status).toBe(200);
    clock.ms = until.getTime() + 1000;
    for (const path of [STATUS, ENC, "/api/v1/keys/sae-b/dec_keys?key_ID=x"])
      expect(message(await caller.get(path)), path).toEqual([401, "the client certificate has expired"]);
    expect(told.at(-1)).toMatchObject({ type: "callerRefused", fingerprint: print(short) });
    clock.ms = Date.now() - YEAR_MS;
    expect(message(await caller.get(STATUS))).toEqual([401, "the client certificate is not valid yet"]);
  });

  it("that is revoked is refused, at the handshake and on a kept connection", async () => {
    const [good, bad] = [await issue("good"), await issue("bad")];
    const { as, server, tls } = await serve({ crl: await sites.authority.crl([]) });
    const [kept, revoked] = [as(good), as(bad)];
    expect([(await kept.get(STATUS)).status, (await revoked.get(STATUS)).status]).toEqual([200, 200]);
    server.renew({ tls: { ...tls, crl: await sites.authority.crl([bad]) } });
    expect(message(await revoked.get(STATUS))).toEqual([401, "the client certificate is revoked"]);
    expect((await kept.get(STATUS)).status).toBe(200);
    expect((await as(bad).get(STATUS)).status).toBe(401);
    expect((await as(good).get(STATUS)).status).toBe(200);
  });

  it("whose authority is trusted no more is refused on a kept connection, and one of the new authority served", async () => {
    const other = await testAuthority("other authority");
    const { as, server, tls } = await serve();
    const kept = as(await issue("sae-a"));
    expect((await kept.get(STATUS)).status).toBe(200);
    server.renew({ tls: { ...tls, ca: other.ca } });
    expect(message(await kept.get(STATUS))).toEqual([
      401,
      "the client certificate is not signed by an authority that is trusted here",
    ]);
    expect((await as(await other.issue("sae-a")).get(STATUS)).status).toBe(200);
    expect((await as(await issue("sae-x")).get(STATUS)).status).toBe(401);
  });

  it("of a lower authority is served on a resumed session too, until that authority is revoked", async () => {
    const lower = await sites.authority.below("lower authority");
    const certificate = await lower.issue("sae-low");
    const { server, tls } = await serve();
    const ask = (session?: Buffer) => askOnce(server.port, sites.authority.ca, certificate, STATUS, session);
    const first = await ask();
    expect(first.text).toContain('"master_SAE_ID":"sae-low"');
    const again = await ask(first.ticket);
    expect([again.resumed, again.text.includes('"master_SAE_ID":"sae-low"')]).toEqual([true, true]);
    const caller = client(server.url, sites.authority.ca, certificate);
    ends.push(() => caller.close());
    expect((await caller.get(STATUS)).status).toBe(200);
    const serialNumber = new X509Certificate(lower.ca).serialNumber;
    const lists = (await sites.authority.crl([{ cert: "", key: "", serialNumber }])) + (await lower.crl([]));
    server.renew({ tls: { ...tls, crl: lists } });
    expect((await caller.get(STATUS)).status).toBe(401);
    expect((await ask(first.ticket)).text).toContain("401 Unauthorized");
  });

  it("of a KME is no SAE's, this site's nor the other's", async () => {
    const mine = await issue("peer-cert-of-mine");
    const other = await issue("the-other-site");
    const { as } = await serve({
      ownCertificates: mine.cert,
      peerIdentity: { commonName: "the-other-site" },
      policy: { saeIdentity: ["commonName"] },
    });
    const reason = [401, "the client certificate is a KME's, not an SAE's"];
    for (const certificate of [own, mine, other, await issue("kme-a"), await issue("kme-b")])
      expect(message(await as(certificate).get(STATUS))).toEqual(reason);
    expect((await as(await issue("sae-a")).get(STATUS)).status).toBe(200);
  });

  it("comes by the groups, versions and suites that the site allows, and by no others", async () => {
    const talk = async (port: number, options: ConnectionOptions) => {
      const socket = connect({ port, host: "127.0.0.1", ca: sites.authority.ca, ...options });
      const answer = new Promise((resolve) => {
        socket.once("secureConnect", () => resolve(socket.getProtocol())).once("error", () => resolve(null));
      });
      return answer.finally(() => socket.destroy());
    };
    const { server, tls } = await serve();
    const twelve = { maxVersion: "TLSv1.2" } as const;
    expect(await talk(server.port, twelve)).toBe("TLSv1.2");
    server.renew({ tls: { ...tls, minVersion: "TLSv1.3", groups: "MLKEM1024" } });
    expect(await talk(server.port, twelve)).toBeNull();
    expect(await talk(server.port, { ecdhCurve: "X25519" })).toBeNull();
    expect(await talk(server.port, { ecdhCurve: "MLKEM1024" })).toBe("TLSv1.3");
    const rsa = await sites.authority.issue("kme", [{ type: "ip", value: "127.0.0.1" }], "RSA");
    server.renew({ tls: { ...tls, ...rsa } });
    expect(await talk(server.port, { ...twelve, ciphers: "ECDHE-RSA-AES128-GCM-SHA256" })).toBe("TLSv1.2");
    for (const ciphers of ["AES256-GCM-SHA384", "AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA256"])
      expect(await talk(server.port, { ...twelve, ciphers }), ciphers).toBeNull();
    expect(() => server.renew({ tls: { ...tls, groups: "X25519:NONE" } })).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID" }),
    );
  });

  it("is renewed only when all of it can be used", async () => {
    const { as, server, tls } = await serve();
    const caller = as(await issue("sae-a"));
    for (const wrong of [{ ca: "" }, { crl: "" }, { key: (await issue("x")).key }])
      expect(() => server.renew({ tls: { ...tls, ...wrong } })).toThrow(
        expect.objectContaining({ code: "QKD_CONFIG_INVALID" }),
      );
    expect(() => server.renew({ tls, saes: [{ id: "", identity: { san: "a" } }] })).toThrow();
    expect((await caller.get(STATUS)).status).toBe(200);
  });
});

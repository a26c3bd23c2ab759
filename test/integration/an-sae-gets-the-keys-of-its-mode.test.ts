import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDeliveryServer, type DeliveryOptions } from "../../controller/index.ts";
import { type Answer, client, type TestCertificate, twoSites } from "./delivery-sites.ts";

const STATUS = "/api/v1/keys/sae-b/status";
const ENC = "/api/v1/keys/sae-b/enc_keys";

let sites: Awaited<ReturnType<typeof twoSites>>;
let own: TestCertificate;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  sites = await twoSites();
  own = await issue("kme-a");
  await sites.pools.fill(64_000);
  await sites.pools.fill(64_000, "pqc");
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => sites.close());

const issue = (name: string) => sites.authority.issue(name, [{ type: "ip", value: "127.0.0.1" }]);
const message = ({ status, body }: Answer): [number, string] => [status, body.message];

/** A server at Alice's pool, and callers of it. */
async function serve(options: Partial<DeliveryOptions>) {
  const now = Date.now() + 60_000;
  const server = await createDeliveryServer({
    keys: { pool: sites.pools.alice.pool, fallback: () => ({ engaged: false, reason: null }) },
    tls: { ...own, ca: sites.authority.ca },
    listen: { host: "127.0.0.1", port: 0 },
    ids: { sourceKmeId: "kme-a", targetKmeId: "kme-b" },
    now: () => now,
    ...options,
  });
  ends.push(() => server.close());
  const as = (certificate: TestCertificate) => {
    const caller = client(server.url, sites.authority.ca, certificate);
    ends.push(() => caller.close());
    return caller;
  };
  return { as };
}

describe("an SAE", () => {
  it("gets the keys of its mode, and says so in each", async () => {
    const { as } = await serve({
      saes: (["qkd-only", "prefer-qkd", "hybrid", "pqc-only"] as const).map((mode) => ({
        id: mode,
        identity: { commonName: mode },
        mode,
      })),
    });
    const { key_extension: of } = (await as(await issue("prefer-qkd")).post(ENC)).body.keys[0];
    expect(of.qkdlink_origin).toBe("qkd");
    const insists = (origin: string) => ({ extension_mandatory: [{ qkdlink_origin: origin }] });
    const told = async (mode: string, origin?: string) => {
      const caller = as(await issue(mode));
      const { status, body } = await caller.post(ENC, origin === undefined ? {} : insists(origin));
      return body.keys?.[0]?.key_extension.qkdlink_origin ?? status;
    };
    expect(await told("qkd-only")).toBe("qkd");
    expect(await told("qkd-only", "hybrid")).toBe(400);
    expect(await told("qkd-only", "pqc")).toBe(400);
    expect(await told("prefer-qkd", "hybrid")).toBe(503);
    expect(await told("pqc-only")).toBe("pqc");
    expect(await told("pqc-only", "qkd")).toBe(400);
    expect(await told("hybrid")).toBe(503);
    expect(await told("hybrid", "qkd")).toBe(400);
    await sites.pools.fill(6400, "hybrid");
    expect(await told("hybrid")).toBe("hybrid");
    expect(await told("prefer-qkd", "hybrid")).toBe("hybrid");
    const status = (await as(await issue("hybrid")).get(STATUS)).body;
    expect(status.stored_key_count).toBe(status.status_extension.qkdlink_hybrid_key_count);
  });

  it("gets post-quantum keys of the mode hybrid only where its entry says so", async () => {
    const { as } = await serve({
      saes: [{ id: "mixed", identity: { commonName: "mixed" }, mode: "hybrid", onShortage: "pqc" }],
    });
    const origins: string[] = [];
    const mixed = as(await issue("mixed"));
    for (let round = 0; round < 130; round += 1) {
      const { body } = await mixed.post(ENC, { size: 256 });
      origins.push(body.keys[0].key_extension.qkdlink_origin);
      if (origins.at(-1) === "pqc") break;
    }
    expect([origins[0], origins.at(-1)]).toEqual(["hybrid", "pqc"]);
  });

  it("pays its quota before it gets keys, however many ask at once, and gets back what it got no keys for", async () => {
    const certificate = await issue("gw");
    const gw = { id: "gw", identity: { commonName: "gw" }, mode: "hybrid" as const };
    const { as } = await serve({ saes: [{ ...gw, quotaKeysPerS: 1 / 30 }] });
    for (let round = 0; round < 4; round += 1)
      expect((await as(certificate).post(ENC, { size: 65_536 })).status).toBe(503);
    const { as: asGw } = await serve({ saes: [{ ...gw, mode: "qkd-only", quotaKeysPerS: 1 / 30 }] });
    const callers = Array.from({ length: 8 }, () => asGw(certificate));
    for (const caller of callers) expect((await caller.get(STATUS)).status).toBe(200);
    const answers = await Promise.all(callers.map((caller) => caller.post(ENC)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503, 503, 503, 503, 503, 503]);
    expect(message(answers.find(({ status }) => status === 503)!)[1]).toBe(
      "the quota of this SAE is used up",
    );
  });

  it("gets keys that the other SAE may fetch, and none where their policies exclude each other", async () => {
    const keys = { pool: sites.pools.alice.pool, fallback: () => ({ engaged: false, reason: null }) };
    const ceilings: Record<string, readonly ("qkd" | "pqc" | "hybrid")[]> = {
      "sae-b": ["qkd", "pqc"],
      "sae-p": ["pqc"],
      "sae-h": ["hybrid"],
    };
    const { as } = await serve({
      keys: {
        route: (sae) => ({ keys, targetKmeId: "kme-b", ceiling: ceilings[sae] ?? [] }),
        kmeIds: () => ["kme-a", "kme-b"],
      },
      ids: { sourceKmeId: "kme-a" },
      saes: [{ id: "soft", identity: { commonName: "soft" }, mode: "prefer-qkd" }],
    });
    const soft = as(await issue("soft"));
    const origin = async (slave: string) =>
      (await soft.post(`/api/v1/keys/${slave}/enc_keys`)).body.keys?.[0]?.key_extension.qkdlink_origin;
    expect([await origin("sae-b"), await origin("sae-p")]).toEqual(["qkd", "pqc"]);
    expect(message(await soft.post("/api/v1/keys/sae-x/enc_keys"))).toEqual([
      400,
      "the policies of the two SAEs leave no keys that both take",
    ]);
  });

  it.each([
    [{ mode: "hybrid", origins: ["qkd"] }, "saes.0.mode: says what origins says; name one of them"],
    [{ onShortage: "pqc" }, "saes.0.onShortage: is of the mode hybrid alone"],
    [{ quotaKeysPerS: 0 }, "saes.0.quotaKeysPerS: must be above zero"],
  ] as const)("is not registered with %j", async (change, why) => {
    const saes = [{ id: "gw", identity: { commonName: "gw" }, ...change }];
    await expect(serve({ saes })).rejects.toMatchObject({ code: "QKD_CONFIG_INVALID", message: why });
  });
});

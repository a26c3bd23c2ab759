import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { client, type TestCertificate, testAuthority, twoSites } from "./delivery-sites.ts";

const ENC = "/api/v1/keys/sae-b/enc_keys";
const DEC = "/api/v1/keys/sae-a/dec_keys";

describe("key delivery follows ETSI GS QKD 014", () => {
  let sites: Awaited<ReturnType<typeof twoSites>>;
  let saeA: TestCertificate;
  let saeB: TestCertificate;
  let a: ReturnType<typeof client>;
  let b: ReturnType<typeof client>;

  beforeAll(async () => {
    sites = await twoSites({ redeliveryMs: 0 });
    saeA = await sites.authority.issue("sae-a");
    saeB = await sites.authority.issue("sae-b");
    a = client(sites.alice.url, sites.authority.ca, saeA);
    b = client(sites.bob.url, sites.authority.ca, saeB);
    for (let block = 0; block < 4; block += 1) await sites.pools.fill(16_384);
  });

  afterAll(async () => {
    a.close();
    b.close();
    await sites.close();
  });

  it("reports every member of a status with its type and within its bounds", async () => {
    const { status, body, headers } = await a.get("/api/v1/keys/sae-b/status");
    expect(status).toBe(200);
    expect(headers["content-type"]).toMatch(/^application\/json/);
    expect(body).toMatchObject({
      source_KME_ID: "kme-alice",
      target_KME_ID: "kme-bob",
      master_SAE_ID: "sae-a",
      slave_SAE_ID: "sae-b",
      key_size: 256,
      max_SAE_ID_count: 0,
    });
    const integers = ["key_size", "stored_key_count", "max_key_count", "max_key_per_request", "max_key_size"];
    for (const name of [...integers, "min_key_size", "max_SAE_ID_count"])
      expect(Number.isInteger(body[name])).toBe(true);
    expect(body.min_key_size).toBeLessThanOrEqual(24);
    expect(body.min_key_size).toBeLessThanOrEqual(body.key_size);
    expect(body.key_size).toBeLessThanOrEqual(body.max_key_size);
    expect(body.stored_key_count).toBeGreaterThan(0);
    expect(body.stored_key_count).toBeLessThanOrEqual(body.max_key_count);
  });

  it.each([
    ["POST with an empty body", () => a.post(ENC), 1, 256],
    ["POST with {}", () => a.post(ENC, {}), 1, 256],
    ["GET with nothing", () => a.get(ENC), 1, 256],
    ["POST with number and size", () => a.post(ENC, { number: 3, size: 128 }), 3, 128],
    ["GET with number and size", () => a.get(`${ENC}?number=2&size=512`), 2, 512],
    ["the smallest size", () => a.post(ENC, { size: 24 }), 1, 24],
    ["unknown members", () => a.post(ENC, { colour: "blue", nested: { x: 1 } }), 1, 256],
    ["unknown query parameters", () => a.get(`${ENC}?colour=blue`), 1, 256],
    ["an empty multicast list", () => a.post(ENC, { additional_slave_SAE_IDs: [] }), 1, 256],
    ["an unknown optional option", () => a.post(ENC, { extension_optional: [{ acme_x: 1 }] }), 1, 256],
    [
      "a mandatory option that is known",
      () => a.post(ENC, { extension_mandatory: [{ qkdlink_origin: "qkd" }] }),
      1,
      256,
    ],
    ["no content type", () => a.post(ENC, "{}", {}), 1, 256],
    [
      "another content type",
      () => a.post(ENC, "{}", { "content-type": "text/plain; charset=utf-8" }),
      1,
      256,
    ],
  ])("hands out keys on %s", async (_name, ask, count, bits) => {
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(body.keys).toHaveLength(count);
    for (const { key_ID, key, key_extension } of body.keys) {
      expect(key_ID).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(key).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
      expect(key.length % 4).toBe(0);
      expect(Buffer.from(key, "base64")).toHaveLength(bits / 8);
      expect(key_extension).toMatchObject({ qkdlink_origin: "qkd" });
      expect(key_extension.qkdlink_age_s).toBeGreaterThanOrEqual(0);
    }
  });

  it.each([
    ["a size that is no multiple of 8", { size: 250 }, "size shall be a multiple of 8"],
    [
      "an unknown mandatory option",
      { extension_mandatory: [{ acme_x: 1 }] },
      "not all extension_mandatory parameters are supported",
    ],
    [
      "a mandatory list of the wrong type",
      { extension_mandatory: "x" },
      "not all extension_mandatory parameters are supported",
    ],
    [
      "a mandatory value that cannot be met",
      { extension_mandatory: [{ qkdlink_origin: "moon" }] },
      "not all extension_mandatory request options could be met",
    ],
    [
      "a pqc origin without opting in",
      { extension_mandatory: [{ qkdlink_origin: "pqc" }] },
      "not all extension_mandatory request options could be met",
    ],
    [
      "a malformed optional list",
      { extension_optional: [7] },
      "not all extension_optional request options handled",
    ],
    ["a size beyond the largest", { size: 65_544 }, /size shall be/],
    ["a size of zero", { size: 0 }, /size shall be/],
    ["a negative size", { size: -8 }, /integer/],
    ["number zero", { number: 0 }, /number shall be/],
    ["number beyond the largest", { number: 1_000_000 }, /number shall be/],
    ["a fractional number", { number: 1.5 }, /integer/],
    ["number as an object", { number: { a: 1 } }, /integer/],
    ["multicast", { additional_slave_SAE_IDs: ["sae-c"] }, /max_SAE_ID_count is 0/],
    ["a body that is not JSON", "{number:", /not JSON/],
    ["a body that is an array", "[1]", /not a JSON object/],
    ["a body that is null", "null", /not a JSON object/],
  ])("refuses %s with 400", async (_name, body, message) => {
    const answer = await a.post(ENC, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toEqual(
      typeof message === "string" ? message : expect.stringMatching(message),
    );
  });

  it("gives the slave the same keys once, by POST, by GET and without regard to case", async () => {
    const { keys } = (await a.post(ENC, { number: 3 })).body;
    const ids = keys.map((key: { key_ID: string }) => ({ key_ID: key.key_ID }));
    const byPost = await b.post(DEC, { key_IDs: ids.slice(0, 2) });
    expect(byPost.body.keys.map((key: { key: string }) => key.key)).toEqual([keys[0].key, keys[1].key]);
    const byGet = await b.get(`${DEC}?key_ID=${ids[2].key_ID.toUpperCase()}`);
    expect(byGet.body.keys[0].key).toBe(keys[2].key);
    for (const { key_ID } of ids) {
      const again = await b.get(`${DEC}?key_ID=${key_ID}`);
      expect([again.status, again.body]).toEqual([
        400,
        { message: "one or more keys specified are not found on KME" },
      ]);
    }
  });

  it("serves keys in both directions at once", async () => {
    const [forth, back] = await Promise.all([
      a.post(ENC),
      client(sites.bob.url, sites.authority.ca, saeB).post("/api/v1/keys/sae-a/enc_keys"),
    ]);
    expect(forth.body.keys[0].key).not.toBe(back.body.keys[0].key);
    const atB = await b.post(DEC, { key_IDs: [{ key_ID: forth.body.keys[0].key_ID }] });
    const atA = await a.post("/api/v1/keys/sae-b/dec_keys", {
      key_IDs: [{ key_ID: back.body.keys[0].key_ID }],
    });
    expect([atB.body.keys[0].key, atA.body.keys[0].key]).toEqual([
      forth.body.keys[0].key,
      back.body.keys[0].key,
    ]);
  });

  it("fails a request as a whole when one key is missing, and keeps the others", async () => {
    const { keys } = (await a.post(ENC, { number: 2 })).body;
    const good = keys.map((key: { key_ID: string }) => ({ key_ID: key.key_ID }));
    const unknown = { key_ID: "01234567-89ab-8def-8123-456789abcdef" };
    const mixed = await b.post(DEC, { key_IDs: [good[0], unknown, good[1]] });
    expect([mixed.status, mixed.body.message]).toEqual([
      400,
      "one or more keys specified are not found on KME",
    ]);
    expect((await b.post(DEC, { key_IDs: good })).status).toBe(200);
  });

  it.each([
    ["no list", {}],
    ["an empty list", { key_IDs: [] }],
    ["a list of numbers", { key_IDs: [1] }],
    ["entries without key_ID", { key_IDs: [{ id: "x" }] }],
    ["something that is no UUID", { key_IDs: [{ key_ID: "../../etc/passwd" }] }],
    [
      "the same key twice",
      { key_IDs: ["01234567-89ab-8def-8123-456789abcdef", "01234567-89AB-8def-8123-456789abcdef"] },
    ],
  ])("refuses dec_keys with %s", async (_name, body) => {
    const answer = await b.post(DEC, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toEqual(expect.any(String));
  });

  it("answers 401 to a caller who is not a slave of every requested key", async () => {
    const { keys } = (await a.post(ENC, { number: 2 })).body;
    const other = client(sites.bob.url, sites.authority.ca, await sites.authority.issue("sae-c"));
    const ids = keys.map((key: { key_ID: string }) => ({ key_ID: key.key_ID }));
    const answer = await other.post(DEC, { key_IDs: ids });
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain(keys[0].key);
    const wrongMaster = await b.post("/api/v1/keys/sae-z/dec_keys", { key_IDs: ids });
    expect(wrongMaster.status).toBe(401);
    other.close();
    expect((await b.post(DEC, { key_IDs: ids })).status).toBe(200);
  });

  it("answers 401 with a JSON body without a certificate and with a foreign one, on every path and verb", async () => {
    const foreign = await testAuthority("foreign authority");
    const strangers = [
      client(sites.alice.url, sites.authority.ca),
      client(sites.alice.url, sites.authority.ca, await foreign.issue("sae-a")),
    ];
    for (const stranger of strangers) {
      for (const [method, path] of [
        ["GET", ENC],
        ["POST", ENC],
        ["GET", DEC],
        ["DELETE", ENC],
        ["GET", "/"],
      ] as const) {
        const { status, body } = await stranger.send(method, path);
        expect([method, path, status]).toEqual([method, path, 401]);
        expect(body.message).toEqual(expect.any(String));
      }
    }
    for (const stranger of strangers) stranger.close();
  });

  it.each([
    ["PUT", ENC, "GET, POST"],
    ["DELETE", DEC, "GET, POST"],
    ["POST", "/api/v1/keys/sae-b/status", "GET"],
  ])("answers 405 to %s %s", async (method, path, allow) => {
    const { status, headers, body } = await a.send(method, path);
    expect([status, headers.allow, typeof body.message]).toEqual([405, allow, "string"]);
  });

  it("burns no key on HEAD", async () => {
    const before = (await a.get("/api/v1/keys/sae-b/status")).body.stored_key_count;
    expect((await a.send("HEAD", ENC)).status).toBe(405);
    expect((await a.get("/api/v1/keys/sae-b/status")).body.stored_key_count).toBe(before);
  });

  it("refuses a body beyond its limit and serves on", async () => {
    const huge = client(sites.alice.url, sites.authority.ca, saeA);
    const { status, body } = await huge.post(ENC, { padding: "x".repeat(1_100_000) });
    expect([status, typeof body.message]).toEqual([413, "string"]);
    huge.close();
    expect((await a.post(ENC)).status).toBe(200);
  });

  it("decodes SAE IDs in paths", async () => {
    const odd = await sites.authority.issue("", [{ type: "url", value: "urn:sae:ops/1" }]);
    const { keys } = (await a.post(`/api/v1/keys/${encodeURIComponent("urn:sae:ops/1")}/enc_keys`)).body;
    const slave = client(sites.bob.url, sites.authority.ca, odd);
    const { status, body } = await slave.get(`${DEC}?key_ID=${keys[0].key_ID}`);
    slave.close();
    expect([status, body.keys[0].key]).toEqual([200, keys[0].key]);
  });
});

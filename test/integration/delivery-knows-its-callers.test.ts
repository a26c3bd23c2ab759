import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { type ConnectionOptions, connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeliveryServer, type DeliveryPolicy } from "../../controller/index.ts";
import { client, type TestCertificate, twoSites } from "./delivery-sites.ts";

const ENC = "/api/v1/keys/sae-b/enc_keys";
const STATUS = "/api/v1/keys/sae-b/status";

describe("the delivery server", () => {
  let sites: Awaited<ReturnType<typeof twoSites>>;
  let sae: TestCertificate;

  beforeAll(async () => {
    sites = await twoSites();
    sae = await sites.authority.issue("sae-a");
    await sites.pools.fill(64_000);
  });

  afterAll(() => sites.close());

  /** A further server on Alice's pool. */
  const serve = async (policy: Partial<DeliveryPolicy>, tls: object = {}) => {
    const { cert, key } = await sites.authority.issue("kme", [{ type: "ip", value: "127.0.0.1" }]);
    return createDeliveryServer({
      keys: { pool: sites.pools.alice.pool, fallback: () => ({ engaged: false, reason: null }) },
      tls: { cert, key, ca: sites.authority.ca, ...tls },
      listen: { host: "127.0.0.1", port: 0 },
      ids: { sourceKmeId: "kme-a", targetKmeId: "kme-b" },
      policy,
    });
  };

  const masterBy = async (
    policy: Partial<DeliveryPolicy>,
    certificate: TestCertificate,
  ): Promise<unknown> => {
    const server = await serve(policy);
    const caller = client(server.url, sites.authority.ca, certificate);
    const { status, body } = await caller.get(STATUS);
    caller.close();
    await server.close();
    return status === 200 ? body.master_SAE_ID : [status, body.message];
  };

  it("names its caller by the configured part of the certificate", async () => {
    const rich = await sites.authority.issue("common", [
      { type: "dns", value: "sae.example" },
      { type: "url", value: "urn:sae:7" },
    ]);
    const print = new X509Certificate(rich.cert).fingerprint256;
    expect(await masterBy({}, rich)).toBe("urn:sae:7");
    expect(await masterBy({ saeIdentity: ["sanDns"] }, rich)).toBe("sae.example");
    expect(await masterBy({ saeIdentity: ["commonName"] }, rich)).toBe("common");
    expect(await masterBy({ saeIdentity: ["serialNumber"] }, rich)).toBe(rich.serialNumber.toUpperCase());
    expect(await masterBy({ saeIdentity: [{ fingerprints: { [print]: "by-print" } }] }, rich)).toBe(
      "by-print",
    );
    expect(await masterBy({ saeIdentity: [{ fingerprints: {} }] }, rich)).toEqual([401, expect.any(String)]);
  });

  it("serves only the SAEs that its policy lists", async () => {
    expect(await masterBy({ allowedSaes: ["sae-x"] }, sae)).toEqual([401, expect.any(String)]);
    expect(await masterBy({ allowedSaes: ["sae-a"] }, sae)).toBe("sae-a");
    const server = await serve({ allowedSlaves: ["sae-x"] });
    const caller = client(server.url, sites.authority.ca, sae);
    expect((await caller.post(ENC)).status).toBe(400);
    caller.close();
    await server.close();
  });

  it("refuses a mandatory opting in that its policy does not allow, and passes an optional one over", async () => {
    const server = await serve({ allowPqcOptIn: false });
    const caller = client(server.url, sites.authority.ca, sae);
    const accept = [{ qkdlink_accept_pqc: true }];
    const must = await caller.post(ENC, { extension_mandatory: accept });
    expect([must.status, must.body]).toEqual([
      400,
      {
        message: "not all extension_mandatory request options could be met",
        details: [{ unmet: "qkdlink_accept_pqc" }],
      },
    ]);
    expect((await caller.post(ENC, { extension_optional: accept })).status).toBe(200);
    caller.close();
    await server.close();
  });

  it("speaks TLS 1.3 with a hybrid ML-KEM key exchange, TLS 1.2, and nothing older", async () => {
    const talk = async (options: ConnectionOptions): Promise<string | null> => {
      const socket = connect({
        port: sites.alice.port,
        host: "127.0.0.1",
        ca: sites.authority.ca,
        ...sae,
        ...options,
      });
      await once(socket, "secureConnect");
      const protocol = socket.getProtocol();
      socket.destroy();
      return protocol;
    };
    expect(await talk({ ecdhCurve: "X25519MLKEM768" })).toBe("TLSv1.3");
    expect(await talk({ maxVersion: "TLSv1.2" })).toBe("TLSv1.2");
    await expect(
      talk({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }),
    ).rejects.toThrow();
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "knows its caller again on a resumed %s session",
    async (version) => {
      const ask = async (
        session?: Buffer,
      ): Promise<{ text: string; session: Buffer | undefined; reused: boolean }> => {
        const socket = connect({
          port: sites.alice.port,
          host: "127.0.0.1",
          ca: sites.authority.ca,
          ...sae,
          session,
          minVersion: version,
          maxVersion: version,
        });
        let ticket: Buffer | undefined;
        let reused = false;
        socket.on("secureConnect", () => {
          reused = socket.isSessionReused();
        });
        socket.on("session", (given) => {
          ticket = given;
        });
        socket.write(`GET ${STATUS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        const parts: Buffer[] = [];
        socket.on("data", (part: Buffer) => parts.push(part));
        await once(socket, "close");
        return { text: Buffer.concat(parts).toString(), session: ticket, reused };
      };
      const first = await ask();
      expect(first.text).toContain("200 OK");
      const again = await ask(first.session);
      expect([again.text.includes("200 OK"), again.reused]).toEqual([true, true]);
      expect(again.text).toContain('"master_SAE_ID":"sae-a"');
    },
  );

  it("finishes requests under way when it closes, then refuses new ones", async () => {
    const server = await serve({});
    const callers = Array.from({ length: 4 }, () => client(server.url, sites.authority.ca, sae));
    for (const caller of callers) expect((await caller.get(STATUS)).status).toBe(200);
    const answers = callers.map((caller) => caller.post(ENC, { number: 100 }));
    while (server.delivered().taken === 0) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([server.close(), server.close()]);
    const settled = await Promise.allSettled(answers);
    const whole = settled.filter(
      (each) => each.status === "fulfilled" && each.value.body.keys?.length === 100,
    );
    expect(whole.length).toBeGreaterThan(0);
    await expect(client(server.url, sites.authority.ca, sae).get(STATUS)).rejects.toThrow();
    for (const caller of callers) caller.close();
  });

  it("refuses impossible certificates, addresses and policies before it serves", async () => {
    const config = { code: "QKD_CONFIG_INVALID" };
    await expect(serve({}, { key: "not a key" })).rejects.toMatchObject(config);
    await expect(serve({ keySizeBits: 100 })).rejects.toMatchObject(config);
    await expect(serve({ minKeySizeBits: 512 })).rejects.toMatchObject(config);
    await expect(serve({ maxKeysPerRequest: 0 })).rejects.toMatchObject(config);
    await expect(serve({ saeIdentity: [] })).rejects.toMatchObject(config);
    const taken = {
      keys: { pool: sites.pools.alice.pool, fallback: () => ({ engaged: false, reason: null }) },
    };
    const { cert, key } = await sites.authority.issue("kme");
    await expect(
      createDeliveryServer({
        ...taken,
        tls: { cert, key, ca: sites.authority.ca },
        listen: { host: "127.0.0.1", port: sites.alice.port },
        ids: { sourceKmeId: "a", targetKmeId: "b" },
      }),
    ).rejects.toMatchObject(config);
  });

  it("answers 503 without a detail of the cause when the store is gone", async () => {
    const server = await serve({});
    const broken = await createDeliveryServer({
      keys: {
        pool: {
          ...sites.pools.alice.pool,
          takeMany: () => Promise.reject(new Error("secret path /keys and 0123abcd")),
        },
        fallback: () => ({ engaged: false, reason: null }),
      },
      tls: {
        ...(await sites.authority.issue("kme", [{ type: "ip", value: "127.0.0.1" }])),
        ca: sites.authority.ca,
      },
      listen: { host: "127.0.0.1", port: 0 },
      ids: { sourceKmeId: "a", targetKmeId: "b" },
    });
    const caller = client(broken.url, sites.authority.ca, sae);
    const answer = await caller.post(ENC);
    expect([answer.status, answer.text]).toEqual([503, '{"message":"internal error of the KME"}']);
    caller.close();
    await Promise.all([server.close(), broken.close()]);
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { type KeyAnswer, KeyManagerClient, type KeyManagerClientOptions } from "../../../client/index.ts";
import {
  authority,
  entry,
  foreign,
  honest,
  json,
  LOCAL,
  type Script,
  type ScriptedKme,
  scriptedKme,
  TLS,
} from "./scripted-kme.ts";

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function kmes(...scripts: Script[]): Promise<ScriptedKme[]> {
  const servers = await Promise.all(scripts.map(scriptedKme));
  opened.push(...servers);
  return servers;
}

function manager(servers: readonly { url: string }[], options: Partial<KeyManagerClientOptions> = {}) {
  const client = new KeyManagerClient({
    endpoints: servers.map(({ url }) => url),
    tls: TLS,
    timeoutMs: 300,
    deadlineMs: 4000,
    firstRestMs: 20,
    longestRestMs: 40,
    ...options,
  });
  opened.push(client);
  return client;
}

const WANTED = { destinationSae: "sae-b", keySizeBits: 256 };
const hangUp: Script = (response) => void response.socket?.destroy();
const first =
  (count: number, script: Script, then: Script = honest): Script =>
  (response, seen, request) =>
    (count-- > 0 ? script : then)(response, seen, request);
const material = (answer: KeyAnswer): Uint8Array => {
  if (answer.status !== "available") throw new Error(`no key: ${answer.reason}`);
  return answer.keyMaterial.reveal();
};

describe("a key manager client", () => {
  it("asks the preferred endpoint alone while it serves, and the next while it rests", async () => {
    const [a, b] = (await kmes(honest, honest)) as [ScriptedKme, ScriptedKme];
    const client = manager([a, b], { firstRestMs: 60_000, longestRestMs: 60_000 });
    const answer = await client.requestKey(WANTED);
    expect(material(answer)).toHaveLength(32);
    expect(answer).toMatchObject({ ageMs: null, origin: null });
    a.say(hangUp);
    for (let call = 0; call < 5; call += 1) await client.requestKey(WANTED);
    expect(b.requests).toHaveLength(5);
    // The kept connection that was ended counts for nothing; the second one is a failure.
    expect(a.requests.length).toBeLessThanOrEqual(4);
    expect(client.endpoints).toEqual([
      { url: a.url, ready: false, failures: 1, lastError: "QKD_TRANSPORT_OPEN" },
      { url: b.url, ready: true, failures: 0, lastError: null },
    ]);
  });

  it("comes back to an endpoint that serves again", async () => {
    const [a] = (await kmes(first(3, hangUp))) as [ScriptedKme];
    const client = manager([a]);
    const answer = await client.fetchKey(entry().key_ID, { from: "sae-a" });
    expect(material(answer)).toHaveLength(32);
    expect(client.endpoints[0]).toMatchObject({ ready: true, failures: 0, lastError: null });
  });

  it("takes a new key after a lost answer, and gives up when answers are lost again and again", async () => {
    const handed: string[] = [];
    const lose: Script = (response) => {
      handed.push(entry().key_ID);
      response.socket?.destroy();
    };
    const [a, b] = (await kmes(first(1, lose), honest)) as [ScriptedKme, ScriptedKme];
    const client = manager([a, b]);
    const answer = await client.requestKey(WANTED);
    expect(answer).toMatchObject({ status: "available" });
    expect(handed).not.toContain((answer as { keyId: string }).keyId);
    // One request at one endpoint at a time: the second was sent when the first had failed.
    expect([a.requests.length, b.requests.length]).toEqual([1, 1]);
    const [c, d] = (await kmes(lose, lose)) as [ScriptedKme, ScriptedKme];
    expect(await manager([c, d]).requestKey(WANTED)).toEqual({
      status: "unavailable",
      reason: "answersLost",
      retryAfterMs: 20,
    });
    expect(c.requests.length + d.requests.length).toBe(3);
  });

  it("never asks two endpoints at once, not for a slow one either", async () => {
    let open = 0;
    let most = 0;
    const slow: Script = (response) => {
      open += 1;
      most = Math.max(most, open);
      response.on("close", () => {
        open -= 1;
      });
    };
    const servers = await kmes(slow, slow);
    await manager(servers, { timeoutMs: 60, deadlineMs: 1000 }).requestKey(WANTED);
    expect(most).toBe(1);
  });

  it("repeats a lost request by ID, and says what was lost when the KME hands a key out once", async () => {
    const used = json(400, { message: "one or more keys specified are not found on KME" });
    const [a] = (await kmes(first(1, hangUp, used))) as [ScriptedKme];
    await expect(manager([a]).fetchKey(entry().key_ID, { from: "sae-a" })).rejects.toMatchObject({
      code: "QKD_DELIVERY_BAD_REQUEST",
      message: expect.stringMatching(/not found on KME; an answer to the same request was lost before/),
      context: { answerLost: true },
    });
    a.say(used);
    await expect(manager([a]).fetchKey(entry().key_ID, { from: "sae-a" })).rejects.toMatchObject({
      message: "one or more keys specified are not found on KME",
    });
    expect(a.requests).toHaveLength(3);
  });

  it("keeps to Retry-After, in seconds or as a date, and to a second where there is none", async () => {
    const busy = (headers: Record<string, string>) =>
      json(503, { message: "no", details: [{ qkdlink_reason: "linkDown" }] }, headers);
    const [a] = (await kmes(first(1, busy({ "retry-after": "1" })))) as [ScriptedKme];
    expect(await manager([a]).requestKey(WANTED)).toMatchObject({ status: "available" });
    expect(a.requests[1]!.atMs - a.requests[0]!.atMs).toBeGreaterThanOrEqual(990);
    a.say(busy({ "retry-after": "7" }));
    const waiting = manager([a]);
    const none = await waiting.requestKey(WANTED);
    expect(none).toMatchObject({ status: "unavailable", reason: "linkDown" });
    expect((none as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(6000);
    const asked = a.requests.length;
    expect(await waiting.requestKey(WANTED)).toMatchObject({ reason: "linkDown" });
    expect(a.requests).toHaveLength(asked);
    a.say(busy({ "retry-after": new Date(Date.now() + 100_000).toUTCString() }));
    const dated = await manager([a]).requestKey(WANTED);
    expect((dated as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(90_000);
    a.say(json(503, "no"));
    const plain = await manager([a], { deadlineMs: 500 }).requestKey(WANTED);
    expect(plain).toMatchObject({ reason: "noKey" });
    expect((plain as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(900);
  });

  it("asks another endpoint while one asks for a rest", async () => {
    const [a, b] = (await kmes(json(503, {}, { "retry-after": "60" }), honest)) as [ScriptedKme, ScriptedKme];
    const client = manager([a, b]);
    await client.requestKey(WANTED);
    await client.requestKey(WANTED);
    expect([a.requests.length, b.requests.length]).toEqual([1, 2]);
  });

  it("is done at its deadline, whatever the endpoints do", async () => {
    const [a] = (await kmes(() => {})) as [ScriptedKme];
    expect(await manager([a], { deadlineMs: 200, timeoutMs: 60_000 }).requestKey(WANTED)).toMatchObject({
      status: "unavailable",
      reason: "unreachable",
    });
    expect(
      await manager([{ url: "https://127.0.0.1:1" }]).requestKey(WANTED, { deadlineMs: 100 }),
    ).toMatchObject({ reason: "unreachable" });
  });

  it("rejects what no repetition mends, and asks nobody else", async () => {
    const [a, b] = (await kmes(json(400, { message: "no such SAE" }), honest)) as [ScriptedKme, ScriptedKme];
    const client = manager([a, b]);
    await expect(client.requestKey(WANTED)).rejects.toMatchObject({ message: "no such SAE" });
    a.say(json(401, { message: "who?" }));
    await expect(client.requestKey(WANTED)).rejects.toMatchObject({ code: "QKD_DELIVERY_UNAUTHORIZED" });
    expect(b.requests).toHaveLength(0);
    expect(client.endpoints[0]).toMatchObject({ ready: true, failures: 0 });
  });

  it("passes an endpoint over that is not who it has to be, and rejects when none is", async () => {
    const [a, b] = (await kmes(honest, honest)) as [ScriptedKme, ScriptedKme];
    a.show(await foreign.issue("kme", [...LOCAL]));
    expect(await manager([a, b]).requestKey(WANTED)).toMatchObject({ status: "available" });
    b.show(await foreign.issue("kme", [...LOCAL]));
    await expect(manager([a, b]).requestKey(WANTED)).rejects.toMatchObject({ code: "QKD_TRANSPORT_TLS" });
    expect(a.requests).toHaveLength(0);
  });

  it("passes an endpoint over that breaks the standard, and takes no key ID twice", async () => {
    const one = entry();
    const [a, b] = (await kmes(json(200, { keys: [one] }), honest)) as [ScriptedKme, ScriptedKme];
    const client = manager([a, b]);
    expect(await client.requestKey(WANTED)).toMatchObject({ keyId: one.key_ID });
    expect((await client.requestKey(WANTED)) as { keyId: string }).not.toMatchObject({ keyId: one.key_ID });
    expect(b.requests).toHaveLength(1);
    await expect(manager([a]).requestKey({ ...WANTED, keySizeBits: 128 })).rejects.toMatchObject({
      code: "QKD_DELIVERY_ANSWER",
    });
  });

  it("ends all calls when it is closed, those that wait too, and a call that is given up", async () => {
    const [a] = (await kmes(json(503, {}, { "retry-after": "3600" }))) as [ScriptedKme];
    const client = manager([a], { deadlineMs: 2 ** 31 - 1 });
    const stop = new AbortController();
    const stopped = { code: "QKD_DELIVERY_STOPPED" };
    const calls = [client.requestKey(WANTED, { signal: stop.signal }), client.requestKey(WANTED)] as const;
    await expect.poll(() => client.endpoints[0]?.ready).toBe(false);
    stop.abort();
    await expect(calls[0]).rejects.toMatchObject(stopped);
    client.close();
    await expect(calls[1]).rejects.toMatchObject(stopped);
    await expect(client.requestKey(WANTED)).rejects.toMatchObject(stopped);
  });

  it("speaks for several applications, each with its certificate, and for nodes by their name", async () => {
    const speakers: string[] = [];
    const [a] = (await kmes((response, seen, request) => {
      speakers.push(
        (request.socket as import("node:tls").TLSSocket).getPeerCertificate().subject.CN as string,
      );
      honest(response, seen, request);
    })) as [ScriptedKme];
    const { cert, key } = await authority.issue("sae-vpn");
    const client = manager([a], { applications: { vpn: { cert, key } } });
    await client.requestKey({ destinationNode: "tokyo-3" });
    await client.requestKey({ destinationNode: "tokyo-3", applicationId: "vpn" });
    expect(speakers).toEqual(["sae-a", "sae-vpn"]);
    expect(a.requests.map(({ path }) => path)).toEqual(
      Array.from({ length: 2 }, () => "/api/v1/keys/node%3Atokyo-3/enc_keys"),
    );
    await expect(client.requestKey({ destinationNode: "x", applicationId: "vpm" })).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: "applicationId names no application of this client (did you mean vpn?)",
    });
    for (const wanted of [{}, { destinationNode: "x", destinationSae: "y" }])
      await expect(client.requestKey(wanted)).rejects.toMatchObject({ code: "QKD_CONFIG_INVALID" });
  });

  it.each<[string, object, RegExp]>([
    ["no endpoint", { endpoints: [] }, /^endpoints names no KME/],
    ["an endpoint twice", { endpoints: ["https://a", "https://A/"] }, /^endpoints names an address twice/],
    ["an address that is not https", { endpoints: ["https://a", "http://b"] }, /^endpoints\[1\] is no https/],
    ["an address with a secret", { endpoints: ["https://:word@a"] }, /^endpoints\[0\] is no https/],
    ["an address with a name", { endpoints: ["https://me@a"] }, /^endpoints\[0\] is no https/],
    ["a pin that is no fingerprint", { tls: { ...TLS, pin: "abc" } }, /^tls\.pin\.fingerprint/],
    [
      "a key of another certificate",
      { applications: { vpn: { cert: authority.ca, key: TLS.key } } },
      /^applications\.vpn\.key: .* applications\.vpn\.cert$/,
    ],
  ])("is not made with %s", (_name, options, message) => {
    expect(() => manager([{ url: "https://a" }], options)).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_INVALID", message: expect.stringMatching(message) }),
    );
  });
});

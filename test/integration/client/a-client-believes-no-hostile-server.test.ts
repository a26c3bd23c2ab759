import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Etsi014Client } from "../../../client/index.ts";
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

const ANSWER = "QKD_DELIVERY_ANSWER";
const OPEN = "QKD_TRANSPORT_OPEN";
const raw =
  (text: string): Script =>
  (response) =>
    void response.socket?.end(text);
const drip: Script = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 10);
  response.on("close", () => clearInterval(timer));
};
const flood: Script = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const more = (): void => {
    while (!response.destroyed && response.write("[".repeat(65_536)));
  };
  response.on("drain", more);
  more();
};
const same = entry();

describe("a client of ETSI GS QKD 014", () => {
  let kme: ScriptedKme;
  let client: Etsi014Client;

  beforeAll(async () => {
    kme = await scriptedKme(honest);
    client = new Etsi014Client({ url: kme.url, tls: TLS, timeoutMs: 400, mostAnswerBytes: 100_000 });
  });
  afterAll(async () => {
    client.close();
    await kme.close();
  });

  it.each<[string, Script, string, RegExp]>([
    ["a slow drip", drip, OPEN, /no answer within 400 ms/],
    ["silence", () => {}, OPEN, /no answer within 400 ms/],
    ["an endless body", flood, ANSWER, /larger than 100000 bytes/],
    ["a key of another size", json(200, { keys: [entry(16)] }), ANSWER, /128 bits instead of 256/],
    ["too few keys", json(200, { keys: [] }), ANSWER, /0 keys instead of 1/],
    ["too many keys", json(200, { keys: [entry(), entry()] }), ANSWER, /2 keys instead of 1/],
    [
      "bad base64",
      json(200, { keys: [{ ...entry(), key: `${"A".repeat(42)}*=` }] }),
      ANSWER,
      /no padded base64/,
    ],
    ["base64 for URLs", json(200, { keys: [{ ...entry(), key: `${"_".repeat(43)}=` }] }), ANSWER, /base64/],
    ["a key as a number", json(200, { keys: [{ ...entry(), key: 7 }] }), ANSWER, /base64/],
    ["an ID that is no UUID", json(200, { keys: [{ ...entry(), key_ID: "1" }] }), ANSWER, /no UUID/],
    [
      "HTML",
      (response) => response.end("<html>welcome</html>"),
      ANSWER,
      /status 200 with a body that is not JSON/,
    ],
    [
      "text that is no UTF-8",
      (response) => response.end(Buffer.from([0x22, 0xff, 0x22])),
      ANSWER,
      /not JSON/,
    ],
    ["JSON without end", json(200, '{"keys":['), ANSWER, /not JSON/],
    ["JSON as deep as a well", json(200, "[".repeat(40_000) + "]".repeat(40_000)), ANSWER, /not JSON/],
    ["no container", json(200, { key: "x" }), ANSWER, /no key container/],
    [
      "a redirect",
      json(302, {}, { location: "https://example.org/" }),
      ANSWER,
      /status 302; redirects are not/,
    ],
    ["503", json(503, { message: "empty" }), "QKD_DELIVERY_UNAVAILABLE", /^empty$/],
    ["503 in HTML", json(503, "<html>"), "QKD_DELIVERY_UNAVAILABLE", /status 503/],
    ["401", json(401, { message: "who?" }), "QKD_DELIVERY_UNAUTHORIZED", /^who\?$/],
    [
      "400 with details",
      json(400, { message: "no", details: [{ a: 1 }, 7, null] }),
      "QKD_DELIVERY_BAD_REQUEST",
      /^no \(a 1\)$/,
    ],
    [
      "404 in HTML",
      json(404, "<html>"),
      "QKD_DELIVERY_BAD_REQUEST",
      /status 404 with a body that is not JSON/,
    ],
    ["a long message", json(400, { message: "x".repeat(5000) }), "QKD_DELIVERY_BAD_REQUEST", /^x{500}$/],
    ["a reset before the answer", (response) => void response.socket?.destroy(), OPEN, /hang up|ECONNRESET/],
    ["a reset in the middle", raw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"keys":'), OPEN, /aborted/],
    ["no HTTP", raw("SSH-2.0-OpenSSH_9.9\r\n"), OPEN, /Parse Error/],
  ])("refuses %s", async (_name, script, code, message) => {
    kme.say(script);
    await expect(client.getKeys("sae-b", { sizeBits: 256 })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    kme.say(honest);
    expect(await client.getKeys("sae-b", { sizeBits: 256 })).toHaveLength(1);
  });

  it.each<[string, object[], RegExp]>([
    ["an ID twice", [same, { ...entry(), key_ID: same.key_ID.toUpperCase() }], /a key ID twice/],
    ["one key under two IDs", [same, { ...entry(), key: same.key }], /one key under two IDs/],
  ])("refuses %s", async (_name, keys, message) => {
    kme.say(json(200, { keys }));
    await expect(client.getKeys("sae-b", { number: 2 })).rejects.toMatchObject({
      code: ANSWER,
      message: expect.stringMatching(message),
    });
  });

  it("takes by ID what it asked for alone, in its own order", async () => {
    const [one, two] = [entry(), entry()];
    kme.say(json(200, { keys: [two, { ...one, key_ID: one.key_ID.toUpperCase() }] }));
    const keys = await client.getKeysWithIds("sae-b", [one.key_ID, two.key_ID.toUpperCase()]);
    expect(keys.map(({ keyId }) => keyId)).toEqual([one.key_ID, two.key_ID]);
    expect(Buffer.from(keys[0]!.key.reveal()).toString("base64")).toBe(one.key);
    kme.say(json(200, { keys: [entry()] }));
    await expect(client.getKeysWithIds("sae-b", [one.key_ID])).rejects.toMatchObject({
      code: ANSWER,
      message: "the answer holds a key that was not asked for",
    });
  });

  it("passes over what it does not know, and tells what it does", async () => {
    kme.say(
      json(200, {
        keys: [{ ...same, colour: "blue", key_ID_extension: { a_b: 1 }, key_extension: { acme_age: 2 } }],
        key_container_extension: {},
        more: [],
      }),
    );
    const [key] = await client.getKeys("sae-b");
    expect(key).toMatchObject({ keyIdExtension: { a_b: 1 }, keyExtension: { acme_age: 2 } });
    expect(JSON.stringify(key)).not.toContain(same.key);
    kme.say(json(200, { key_size: "256", stored_key_count: -1, extra: true }));
    expect(await client.getStatus("sae-b")).toMatchObject({
      keySizeBits: 256,
      storedKeyCount: null,
      masterSaeId: null,
      members: { extra: true },
    });
    kme.say(json(200, [1]));
    await expect(client.getStatus("sae-b")).rejects.toMatchObject({ code: ANSWER });
  });

  it("keeps its connection, and writes names of SAEs so that no path is made of them", async () => {
    kme.say(honest);
    await client.getKeys("sae-b");
    const before = kme.connections();
    for (let call = 0; call < 5; call += 1) await client.getKeys("a/../b?c#d");
    expect(kme.connections()).toBe(before);
    expect(kme.requests.at(-1)?.path).toBe("/api/v1/keys/a%2F..%2Fb%3Fc%23d/enc_keys");
    for (const name of [".", "..", "", "\ud800", "x".repeat(257)])
      await expect(client.getKeys(name)).rejects.toMatchObject({ code: "QKD_CONFIG_INVALID" });
  });

  it("ends at once when it is given up or closed", async () => {
    kme.say(() => {});
    const asked = kme.requests.length;
    const stop = new AbortController();
    const given = client.getKeys("sae-b", {}, { signal: stop.signal });
    const own = new Etsi014Client({ url: kme.url, tls: TLS });
    const closed = own.getStatus("sae-b");
    await expect.poll(() => kme.requests.length).toBe(asked + 2);
    stop.abort(new Error("enough"));
    own.close();
    await expect(given).rejects.toMatchObject({ code: "QKD_DELIVERY_STOPPED", cause: { message: "enough" } });
    await expect(closed).rejects.toMatchObject({ code: "QKD_DELIVERY_STOPPED" });
    await expect(own.getStatus("sae-b")).rejects.toMatchObject({ code: "QKD_DELIVERY_STOPPED" });
    await expect(client.getKeys("sae-b", {}, { signal: stop.signal })).rejects.toMatchObject({
      code: "QKD_DELIVERY_STOPPED",
    });
    expect(kme.requests).toHaveLength(asked + 2);
  });
});

describe("the server of a client", () => {
  const refused = { code: "QKD_TRANSPORT_TLS" };
  const tries = async (url: string, tls: object): Promise<unknown> => {
    const client = new Etsi014Client({ url, tls: { ...TLS, ...tls }, timeoutMs: 5000 });
    try {
      return await client.getKeys("sae-b");
    } finally {
      client.close();
    }
  };

  it("has to show the pinned certificate, or the pinned authority, besides being signed", async () => {
    const kme = await scriptedKme(honest);
    const { X509Certificate } = await import("node:crypto");
    const root = new X509Certificate(authority.ca).fingerprint256;
    expect(await tries(kme.url, { pin: root })).toHaveLength(1);
    expect(
      await tries(kme.url, { pin: ["00".repeat(32), root.toLowerCase().replaceAll(":", "")] }),
    ).toHaveLength(1);
    await expect(tries(kme.url, { pin: "00".repeat(32) })).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/pinned/),
    });
    expect(kme.requests).toHaveLength(2);
    const lower = await authority.below("branch");
    kme.show(await lower.issue("kme", [...LOCAL]));
    expect(await tries(kme.url, { pin: root })).toHaveLength(1);
    await kme.close();
  });

  it("has to prove itself at every connection: a certificate swapped meanwhile is refused", async () => {
    const kme = await scriptedKme(honest);
    const client = new Etsi014Client({ url: kme.url, tls: TLS, timeoutMs: 5000 });
    expect(await client.getKeys("sae-b")).toHaveLength(1);
    kme.show(await foreign.issue("kme", [...LOCAL]));
    kme.cut();
    await expect.poll(() => client.getKeys("sae-b").catch(({ code }) => code)).toBe("QKD_TRANSPORT_TLS");
    kme.show(await authority.issue("somebody", [{ type: "dns", value: "elsewhere" }]));
    await expect(client.getKeys("sae-b")).rejects.toMatchObject(refused);
    expect(kme.requests).toHaveLength(1);
    client.close();
    await kme.close();
  });

  it("may have another name than its address, where that is said", async () => {
    const kme = await scriptedKme(honest);
    kme.show(await authority.issue("kme", [{ type: "dns", value: "kme.example" }]));
    await expect(tries(kme.url, {})).rejects.toMatchObject(refused);
    expect(await tries(kme.url, { serverName: "kme.example" })).toHaveLength(1);
    await kme.close();
  });
});

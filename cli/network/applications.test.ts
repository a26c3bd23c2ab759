import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { DevelopmentAuthority, type PemIdentity } from "../development/development-pki.ts";
import { Applications } from "./applications.ts";

const KEY_ID = randomUUID();
const KEY = randomBytes(32);
let authority: DevelopmentAuthority;
let identity: PemIdentity;
const servers: Server[] = [];
let applications: Applications;

beforeAll(async () => {
  authority = await DevelopmentAuthority.create();
  identity = await authority.issue("kme", ["127.0.0.1"]);
});
afterEach(() => {
  applications.close();
  for (const server of servers.splice(0)) server.close();
});

/** A key server that answers everything alike; null: as one that has no such key. */
async function serving(key: Uint8Array | null, extension: object = {}): Promise<string> {
  const server = createServer(
    { cert: identity.certificate, key: identity.privateKey },
    (request, response) => {
      request.resume();
      response.writeHead(key === null ? 400 : 200, { "content-type": "application/json" });
      const keys = [
        { key_ID: KEY_ID, key: Buffer.from(key ?? []).toString("base64"), key_extension: extension },
      ];
      response.end(JSON.stringify(key === null ? { message: "no such key" } : { keys }));
    },
  ).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function between(urls: Readonly<Record<string, string>>): Applications {
  const tls = { cert: identity.certificate, key: identity.privateKey, ca: authority.certificate };
  applications = new Applications({
    deliveryUrl: (node) => urls[node] ?? "",
    applicationTls: () => tls,
  });
  return applications;
}

describe("a key that two applications share", () => {
  it("is the same at both, with what the node says of where it came from", async () => {
    const route = [["a", "m", "b"]];
    const a = await serving(KEY, { qkdlink_origin: "relay", qkdlink_route: route });
    const shared = await between({ a, b: await serving(KEY) }).share("a", "b", 256);
    expect(shared).toMatchObject({ origin: "relay", route, same: true });
    expect(shared.takenMs).toBeGreaterThan(0);
  });

  it("is not the same by one bit, nor by a byte less", async () => {
    const other = Buffer.from(KEY);
    other[31] = (other[31] ?? 0) ^ 1;
    const a = await serving(KEY);
    expect(await between({ a, b: await serving(other) }).share("a", "b", 256)).toMatchObject({ same: false });
    applications.close();
    expect(await between({ a, b: await serving(KEY.subarray(1)) }).share("a", "b", 256)).toMatchObject({
      same: false,
    });
  });

  it("is neither where the other end does not have it", async () => {
    const shared = await between({ a: await serving(KEY), b: await serving(null) }).share("a", "b", 256);
    expect(shared).toMatchObject({ same: null, route: [] });
  });

  it("is none where the first end refuses", async () => {
    await expect(
      between({ a: await serving(null), b: await serving(KEY) }).share("a", "b", 256),
    ).rejects.toMatchObject({ code: "QKD_DELIVERY_BAD_REQUEST" });
  });
});

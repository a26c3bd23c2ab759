import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DevelopmentAuthority } from "./development/development-pki.ts";
import { KeyClient } from "./key-client.ts";

let folder: string;
let server: Server;
let client: KeyClient;
let heard: number;
/** Numbers of the requests whose connection the server ends without an answer. */
let ended: readonly number[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-key-client-"));
  const authority = await DevelopmentAuthority.create();
  const [kme, sae] = [await authority.issue("kme", ["127.0.0.1"]), await authority.issue("sae")];
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  heard = 0;
  server = createServer({ cert: kme.certificate, key: kme.privateKey }, (request, response) => {
    heard += 1;
    if (ended.includes(heard)) request.socket.destroy();
    else response.end(JSON.stringify({ source_KME_ID: "a", heard }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new KeyClient({
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cert: file("sae.pem", sae.certificate),
    key: file("sae.key", sae.privateKey),
    ca: file("ca.pem", authority.certificate),
    timeoutMs: 5000,
  });
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

it("leaves no connection behind, so that a server's places stay free", async () => {
  ended = [];
  const connections = () =>
    new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  for (let count = 1; count <= 3; count++)
    expect(await client.status("sae-b")).toMatchObject({ heard: count });
  await expect.poll(connections).toBe(0);
});

it("tells of a connection that ends before the answer", async () => {
  ended = [1];
  await expect(client.status("sae-b")).rejects.toMatchObject({ code: "QKD_TRANSPORT_OPEN" });
  expect(await client.status("sae-b")).toMatchObject({ heard: 2 });
});

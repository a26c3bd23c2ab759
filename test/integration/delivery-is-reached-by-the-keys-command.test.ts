import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keysCommand } from "../../cli/index.ts";
import { type TestCertificate, testAuthority, twoSites } from "./delivery-sites.ts";

describe("qkdlink keys", () => {
  let sites: Awaited<ReturnType<typeof twoSites>>;
  const flags: Record<"a" | "b" | "stranger", string[]> = { a: [], b: [], stranger: [] };

  beforeAll(async () => {
    sites = await twoSites({ redeliveryMs: 0 });
    await sites.pools.fill(8192);
    const { folder } = sites.pools;
    const foreign = await testAuthority("foreign");
    writeFileSync(join(folder, "ca.pem"), sites.authority.ca);
    writeFileSync(join(folder, "foreign-ca.pem"), foreign.ca);
    const write = (name: "a" | "b" | "stranger", url: string, { cert, key }: TestCertificate): void => {
      writeFileSync(join(folder, `${name}.pem`), cert);
      writeFileSync(join(folder, `${name}.key.pem`), key);
      flags[name] = ["--url", url, "--ca", join(folder, "ca.pem")];
      flags[name].push("--cert", join(folder, `${name}.pem`), "--key", join(folder, `${name}.key.pem`));
    };
    write("a", sites.alice.url, await sites.authority.issue("sae-a"));
    write("b", sites.bob.url, await sites.authority.issue("sae-b"));
    write("stranger", sites.alice.url, await foreign.issue("sae-a"));
  });

  afterAll(() => sites.close());

  async function run(...args: string[]): Promise<string> {
    let output = "";
    await keysCommand((text) => {
      output += text;
    }).parseAsync(args, { from: "user" });
    return output;
  }

  it("takes keys at one site and fetches the same at the other", async () => {
    const taken = JSON.parse(
      await run("get", "sae-b", ...flags.a, "--number", "2", "--size", "128", "--json"),
    );
    expect(taken.keys).toHaveLength(2);
    const ids = taken.keys.map(({ key_ID }: { key_ID: string }) => key_ID);
    const lines = (await run("get-by-id", "sae-a", ...ids, ...flags.b)).trim().split("\n");
    expect(lines).toEqual(
      taken.keys.map(
        ({ key_ID, key }: { key_ID: string; key: string }) => `${key_ID} ${key} qkd information-theoretic`,
      ),
    );
    await expect(run("get-by-id", "sae-a", ids[0], ...flags.b)).rejects.toMatchObject({
      code: "QKD_DELIVERY_BAD_REQUEST",
      message: "one or more keys specified are not found on KME",
    });
  });

  it("tells which key ID is none, and how post-quantum keys are had", async () => {
    await expect(run("get-by-id", "sae-a", "KEY-ID", ...flags.b)).rejects.toMatchObject({
      code: "QKD_DELIVERY_BAD_REQUEST",
      message: 'one or more keys specified are not found on KME (malformed_key_ID "KEY-ID")',
      remedy: "give key IDs as the other application got them: each is a UUID",
    });
    await expect(run("get", "sae-b", ...flags.a, "--origin", "pqc")).rejects.toMatchObject({
      message: expect.stringMatching(
        /^the server gives no key of origin pqc on these terms: .*qkdlink_origin/,
      ),
      remedy: expect.stringMatching(/^add --accept-pqc: /),
    });
  });

  it("waits no longer for a whole answer than it is told, however slowly bytes drip", async () => {
    const { cert, key } = await sites.authority.issue("localhost");
    const server = createServer({ cert, key }, (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const closed = new Promise((resolve) =>
      server.once("connection", (socket) => socket.once("close", resolve)),
    );
    await expect(run("status", "x", ...flags.a.with(1, url), "--timeout", "300")).rejects.toMatchObject({
      code: "QKD_TRANSPORT_OPEN",
      message: expect.stringMatching(/no answer within 300 ms/),
    });
    await closed;
    server.close();
  });

  it("shows the status as a table or as JSON", async () => {
    expect(await run("status", "sae-b", ...flags.a)).toMatch(/^source_KME_ID +kme-alice$/m);
    expect(JSON.parse(await run("status", "sae-b", ...flags.a, "--json"))).toMatchObject({ key_size: 256 });
  });

  it.each([
    ["a foreign certificate", () => run("get", "sae-b", ...flags.stranger), "QKD_DELIVERY_UNAUTHORIZED"],
    [
      "a refused origin",
      () => run("get", "sae-b", ...flags.a, "--origin", "pqc"),
      "QKD_DELIVERY_BAD_REQUEST",
    ],
    [
      "no key of the accepted kind",
      () => run("get", "sae-b", ...flags.a, "--origin", "pqc", "--accept-pqc"),
      "QKD_DELIVERY_UNAVAILABLE",
    ],
    [
      "a server nobody runs",
      () => run("status", "x", ...flags.a.with(1, "https://127.0.0.1:1")),
      "QKD_TRANSPORT_OPEN",
    ],
    [
      "a server of another authority",
      () => run("status", "x", ...flags.a.with(3, flags.a[3]?.replace("ca.pem", "foreign-ca.pem") ?? "")),
      "QKD_TRANSPORT_TLS",
    ],
    [
      "an address that is not https",
      () => run("status", "x", ...flags.a.with(1, "http://127.0.0.1:1")),
      "QKD_USAGE",
    ],
    [
      "a file that is missing",
      () => run("status", "x", ...flags.a.with(3, "/nowhere/ca.pem")),
      "QKD_CONFIG_UNREADABLE",
    ],
    [
      "a number that is none",
      () => run("get", "sae-b", ...flags.a, "--number", "many"),
      "commander.invalidArgument",
    ],
    ["a missing flag", () => run("status", "sae-b"), "commander.missingMandatoryOptionValue"],
  ])("fails with a typed error on %s", async (_name, work, code) => {
    await expect(work()).rejects.toMatchObject({ code });
  });
});

import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { twoSites } from "../delivery-sites.ts";
import { doctorTrial } from "./doctor-trial.ts";

const LOCAL = [{ type: "ip", value: "127.0.0.1" }] as const;

describe("qkdlink doctor at our own server", () => {
  const { folder, write, pair, run, exitCode } = doctorTrial();
  let sites: Awaited<ReturnType<typeof twoSites>>;
  let asks: string[];

  beforeAll(async () => {
    sites = await twoSites({ redeliveryMs: 700 });
    for (let block = 0; block < 6; block += 1) await sites.pools.fill(65_536);
    const { authority } = sites;
    asks = [
      sites.alice.url,
      ...pair("", "own-a", await authority.issue("sae-a")),
      ...pair("slave-", "own-b", await authority.issue("sae-b")),
      ...pair("other-", "own-c", await authority.issue("sae-c")),
      "--slave-url",
      sites.bob.url,
      "--ca",
      write("own-ca.pem", authority.ca),
      "--window",
      "5000",
    ];
  });
  afterAll(() => sites.close());

  it("finds nothing, and shows no key", async () => {
    const page = join(folder, "report.html");
    const text = await run(...asks, "--yes", "--html", page);
    expect(text).not.toContain("FINDING");
    expect(exitCode()).toBe(0);
    expect(text).toMatch(/^ok {6}same-keys +the slave gets the keys .* \[clause 5\.4, 6\.4\]$/m);
    expect(text.trim().split("\n").at(-1)).toMatch(
      /: \d+ checks in order, 0 with findings, 3 skipped; \d+ requests, \d+ keys used up; answers within/,
    );
    for (const output of [text, readFileSync(page, "utf8")])
      expect(output).not.toMatch(/[A-Za-z0-9+/]{42,}=/);
    expect(readFileSync(page, "utf8")).toContain("<h1>Nothing was found</h1>");
  }, 60_000);

  it("does nothing before it is told that keys may be used up", async () => {
    const before = sites.alice.delivered();
    await expect(run(...asks)).rejects.toMatchObject({
      code: "QKD_USAGE",
      message: expect.stringMatching(/^the examination uses up some 260 keys of https/),
      remedy: "add --yes if that is meant",
    });
    expect(sites.alice.delivered()).toEqual(before);
  });

  it.each([
    ["half a slave", ["--slave-url"], "QKD_USAGE", /belong together/],
    [
      "no name of a slave",
      ["--slave-url", "--slave-cert", "--slave-key"],
      "QKD_USAGE",
      /slave's name is not known/,
    ],
  ])("refuses %s", async (_name, without, code, message) => {
    const left = asks.filter(
      (_, index) => !without.some((flag) => [asks[index], asks[index - 1]].includes(flag)),
    );
    await expect(run(...left, "--yes")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it.each<[string, string, RegExp]>([
    ["hangs", "QKD_TRANSPORT_OPEN", /no answer within 300 ms/],
    ["floods", "QKD_DELIVERY_ANSWER", /larger than \d+ bytes/],
    ["lies", "QKD_DELIVERY_ANSWER", /^a status is asked for and status 200 comes, without JSON$/],
    ["speaks 020", "QKD_DELIVERY_ANSWER", /^the server speaks ETSI GS QKD 020, /],
  ])("ends in one sentence at a server that %s", async (what, code, message) => {
    const { cert, key } = await sites.authority.issue("kme", [...LOCAL]);
    const server = createServer({ cert, key }, (request, response) => {
      if (what === "hangs") return;
      if (what === "lies") return void response.end("<html>");
      if (what === "speaks 020") {
        const known = request.url === "/kmapi/versions";
        return void response.writeHead(known ? 200 : 404).end(JSON.stringify({ versions: ["v1"] }));
      }
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const timeout = what === "hangs" ? "300" : "20000";
    await expect(run(...asks.with(0, url), "--yes", "--timeout", timeout)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    server.closeAllConnections();
    server.close();
  });
});

import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SiteName, TwoSites } from "../chain/two-sites.ts";

interface Config {
  readonly peer: Record<string, unknown>;
  readonly delivery: Record<string, unknown> & { readonly listen: string };
  saes?: unknown;
}

let sites: TwoSites;

beforeAll(async () => {
  sites = await TwoSites.start((config) => Object.assign(config, { developmentSeed: "reload" }));
}, 60_000);
afterAll(async () => {
  await sites?.stop();
  sites?.remove();
}, 30_000);

function change(site: SiteName, edit: (config: Config) => void): void {
  const path = join(sites.root, site, "site.json");
  const config = JSON.parse(readFileSync(path, "utf8")) as Config;
  edit(config);
  writeFileSync(path, JSON.stringify(config));
}

const linesOf = (site: SiteName, type: string) => sites.site(site).lines.filter((line) => line.type === type);
const UNAUTHORIZED = { code: "QKD_DELIVERY_UNAUTHORIZED" };

describe("a running site", () => {
  it("says loudly that a development seed makes its keys predictable", async () => {
    const line = await sites.site("alice").line(({ type }) => type === "insecure");
    expect(line.reason).toMatch(/every key of this site can be predicted and is NOT secret/);
  });

  it("tells in status and log how it knows an application, and takes no site for one", async () => {
    await sites.site("alice").line((line) => line.type === "peer" && line.state === "up");
    const status = await sites.client("alice").status("sae-bob");
    expect(status).toMatchObject({
      master_SAE_ID: "sae-alice",
      status_extension: {
        qkdlink_sae_identity: "sanDns",
        qkdlink_sae_fingerprint: expect.stringMatching(/^[0-9A-F:]{95}$/),
      },
    });
    await sites.site("alice").line((line) => line.type === "saeKnown" && line.sae === "sae-alice");
    for (const kme of ["kme-alice", "kme-bob"])
      await expect(sites.client("alice", kme).status("sae-bob"), kme).rejects.toMatchObject(UNAUTHORIZED);
    await sites.site("alice").line((line) => line.type === "callerRefused");
  });

  it("takes over a registry at SIGHUP and at a change of its file, and keeps the other site", async () => {
    change("alice", (config) => {
      config.saes = [
        { id: "gw", identity: { commonName: "sae-bob" }, peers: ["sae-x"], maxKeysPerRequest: 7 },
      ];
    });
    change("alice", (config) => {
      config.saes = [...(config.saes as object[]), { id: "trap", identity: { commonName: "kme-bob" } }];
    });
    sites.site("alice").reload();
    expect(await sites.site("alice").line((line) => line.type === "reloaded")).toMatchObject({
      needsRestart: false,
    });
    await expect(sites.client("alice").status("sae-x")).rejects.toMatchObject(UNAUTHORIZED);
    await expect(sites.client("alice", "kme-bob").status("sae-x")).rejects.toMatchObject(UNAUTHORIZED);
    expect(await sites.client("alice", "sae-bob").status("sae-x")).toMatchObject({
      master_SAE_ID: "gw",
      max_key_per_request: 7,
    });
    change("alice", (config) => {
      delete config.saes;
    });
    await expect
      .poll(
        () =>
          sites
            .client("alice")
            .status("sae-bob")
            .catch(() => null),
        { timeout: 15_000 },
      )
      .toMatchObject({ master_SAE_ID: "sae-alice" });
    expect(linesOf("alice", "peer").filter(({ state }) => state === "up")).toHaveLength(1);
  }, 30_000);

  it("goes on as it was when its files cannot be used", async () => {
    change("alice", (config) => {
      config.delivery.authority = "site.json";
    });
    sites.site("alice").reload();
    const failure = await sites.site("alice").line((line) => line.type === "failure");
    expect(failure).toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: expect.stringMatching(
        /site\.json:1:\d+: delivery\.authority \(.*site\.json\): holds no certificate$/,
      ),
    });
    expect(await sites.client("alice").status("sae-bob")).toMatchObject({ master_SAE_ID: "sae-alice" });
    change("alice", (config) => {
      config.delivery.authority = "../ca.pem";
    });
  });

  it("takes no application for the other site", async () => {
    await sites.site("bob").stop();
    change("bob", ({ peer }) => {
      Object.assign(peer, { certificate: "../sae-bob.pem", privateKey: "../sae-bob.key" });
    });
    await sites.launch("bob");
    const refused = await sites
      .site("alice")
      .line(({ type, error }) => type === "peer" && String(error).startsWith("QKD_PEER_CERTIFICATE"));
    expect(refused.error).toContain("the certificate of the peer is not the other site's");
    change("bob", ({ peer }) => {
      Object.assign(peer, { certificate: "../kme-bob.pem", privateKey: "../kme-bob.key" });
    });
    sites.site("bob").reload();
    await sites.site("bob").line((line) => line.type === "peer" && line.state === "up");
  }, 30_000);

  it("ends at SIGTERM although callers stall at both of its ports", async () => {
    const config = JSON.parse(readFileSync(join(sites.root, "alice", "site.json"), "utf8")) as Config;
    const ports = [config.peer.listen, config.delivery.listen].map((url) =>
      Number(new URL(String(url)).port),
    );
    const sockets = await Promise.all(
      ports.map(
        (port) =>
          new Promise<ReturnType<typeof connect>>((resolve) => {
            const socket = connect(port, "127.0.0.1", () => resolve(socket)).on("error", () => {});
          }),
      ),
    );
    await sites.site("alice").stop();
    for (const socket of sockets) socket.destroy();
    expect(sites.site("alice").lines.at(-1)).toMatchObject({ type: "stopped" });
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createDemoState, type DemoLink, writeSiteConfig } from "../../cli/index.ts";
import { startEmulatedLink } from "../../emulator/index.ts";
import { AskedToStop } from "../chain/asked-to-stop.ts";
import { freePort } from "../chain/free-port.ts";

const LINK: DemoLink = {
  preset: "yuan2018",
  lossDb: 8,
  clockHz: 2.5e8,
  blockBits: 1e6,
  detectionsPerFrame: 2 ** 17,
  seed: null,
};
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function folder(): Promise<string> {
  const root = await createDemoState(mkdtempSync(join(tmpdir(), "qkdlink-wait-")));
  closing.push(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

async function site(role: "alice" | "bob", devicePort: number): Promise<AskedToStop> {
  return started(await folder(), role, { address: `tcp://127.0.0.1:${devicePort}` });
}

function started(
  root: string,
  role: "alice" | "bob",
  unit: { readonly address: string; readonly authority?: string },
): AskedToStop {
  const peer = { listen: "tls://127.0.0.1:0" };
  const config = writeSiteConfig(root, role, LINK, unit, peer, "https://127.0.0.1:0");
  const command = new AskedToStop(["control", "--config", config, "--json"]);
  closing.push(() => command.kill());
  return command;
}

const emulator = async (alice: string) => {
  const link = await startEmulatedLink({
    preset: LINK.preset,
    clockHz: LINK.clockHz,
    soloAfterMs: Number.POSITIVE_INFINITY,
    listen: { alice: [alice], bob: ["tcp://127.0.0.1:0"] },
  });
  closing.push(() => link.stop());
  return link;
};

it("a site tells that its device is away, and is ready once it has come", async () => {
  const port = await freePort();
  const command = await site("alice", port);
  await command.until('"code":"QKD_TRANSPORT_OPEN"');
  await emulator(`tcp://127.0.0.1:${port}`);
  await command.until('"type":"ready"');
  expect(await command.stop()).toMatchObject({ code: 0, inTime: true });
}, 60_000);

it("a site does not wait for what no waiting mends", async () => {
  const port = await freePort();
  await emulator(`tcp://127.0.0.1:${port}`);
  const command = await site("bob", port);
  await expect(command.until('"type":"ready"')).rejects.toThrow("QKD_DEVICE_ROLE");
  expect((await command.ending()).code).toBe(1);
}, 60_000);

it("a site waits for a device behind TLS, whose certificate the operator's own authority signed", async () => {
  const root = await folder();
  const port = await freePort();
  const command = started(root, "alice", {
    address: `tls://127.0.0.1:${port}`,
    authority: "../ca.pem",
  });
  await command.until('"code":"QKD_TRANSPORT_OPEN"');
  await emulator(`tls://127.0.0.1:${port}?cert=${root}/kme-bob.pem&key=${root}/kme-bob.key`);
  await command.until('"type":"ready"');
  expect(await command.stop()).toMatchObject({ code: 0, inTime: true });
}, 60_000);

it("a site does not take a device behind TLS for its own that no authority of its own signed", async () => {
  const root = await folder();
  const port = await freePort();
  await emulator(`tls://127.0.0.1:${port}?cert=${root}/kme-bob.pem&key=${root}/kme-bob.key`);
  const command = started(root, "alice", { address: `tls://127.0.0.1:${port}` });
  await expect(command.until('"type":"ready"')).rejects.toThrow("QKD_TRANSPORT_TLS");
  expect((await command.ending()).code).toBe(1);
}, 60_000);

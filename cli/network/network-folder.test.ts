import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadNetwork } from "../../emulator/index.ts";
import { readNodeConfig } from "../config/read-node.ts";
import { NetworkFolder } from "./network-folder.ts";

const ring = loadNetwork("ring-6");
let root: string;
let folder: NetworkFolder;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "qkdlink-folder-"));
  folder = await NetworkFolder.write(
    root,
    ring,
    (link, end) => `tcp://127.0.0.1:${link.length}${end.length}`,
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the folder of a network", () => {
  it("holds a node's file for each node that the product takes, with its links and a secret for every other pair", () => {
    for (const name of ring.nodes) {
      const { node, network } = readNodeConfig(folder.config(name));
      expect(node.node).toBe(name);
      expect(network).toEqual(folder.network);
      const neighbours = ring.links.filter(({ ends }) => ends.includes(name));
      expect(Object.keys(node.links)).toEqual(neighbours.map(({ id }) => id));
      expect(Object.keys(node.pairs ?? {})).toHaveLength(5 - neighbours.length);
    }
  });

  it("gives the two ends of a link one address, each its own unit, and both the same secret", () => {
    const of = (name: string) => readNodeConfig(folder.config(name)).node.links["hibarino-kurosato"];
    const [qtx, qrx] = [of("hibarino"), of("kurosato")];
    expect(qtx?.listen).toMatch(/^tls:/);
    expect(qrx?.connect).toBe(qtx?.listen);
    expect([qtx?.transceiver.address, qrx?.transceiver.address]).toEqual([
      "tcp://127.0.0.1:175",
      "tcp://127.0.0.1:173",
    ]);
  });

  it("names no port twice", () => {
    const ports = ring.nodes.flatMap((name) => {
      const { node, network } = readNodeConfig(folder.config(name));
      const listens = Object.values(node.links).flatMap(({ listen }) => listen ?? []);
      return [
        node.delivery.listen,
        node.status?.listen ?? "",
        network.nodes[name]?.address ?? "",
        ...listens,
      ];
    });
    expect(ports).toHaveLength(6 * 3 + 7);
    expect(new Set(ports.map((address) => new URL(address).port)).size).toBe(ports.length);
  });

  it("is read by its owner alone", () => {
    for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
      const { mode } = statSync(join(root, name));
      expect(mode & 0o077, name).toBe(0);
    }
  });
});

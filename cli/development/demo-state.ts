import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { newLinkSecretFile } from "../../controller/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { SiteConfig } from "../config/read-config.ts";
import { DevelopmentAuthority } from "./development-pki.ts";

/** What the demo decides about its link. */
export interface DemoLink {
  readonly preset: string;
  readonly lossDb: number;
  readonly clockHz: number;
  readonly blockBits: number;
  readonly detectionsPerFrame: number;
  /** Development seed, or null for real randomness. */
  readonly seed: number | null;
}

/** Names of the demo's applications: one SAE at each site. */
export const DEMO_SAE = { alice: "sae-alice", bob: "sae-bob" } as const;

const SITES = ["alice", "bob"] as const;
const MARKER = ".qkdlink-demo";

/**
 * Makes the demo's state folder anew: certificates of a development authority, the pre-placed secret and the key files,
 * all 0600 in a folder of mode 0700. Refuses a folder that is not its own; `option` is the one that named it.
 */
export async function createDemoState(folder: string, option = "--state"): Promise<string> {
  const root = resolve(folder);
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    if (readdirSync(root).length > 0 && !existsSync(join(root, MARKER)))
      throw new ConfigError("QKD_CONFIG_INVALID", `${root} holds files that are not the demo's`, {
        remedy: `name an empty folder with ${option}`,
      });
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true, mode: 0o700 });
    chmodSync(root, 0o700);
    writePrivate(join(root, MARKER), "state of a qkdlink demo; made anew at each start\n");
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `cannot make the state folder ${root}`, {
      cause,
      remedy: `name a writable folder with ${option}`,
    });
  }
  const authority = await DevelopmentAuthority.create();
  writePrivate(join(root, "ca.pem"), authority.certificate);
  const stranger = await DevelopmentAuthority.create("qkdlink stranger");
  const identities: [string, DevelopmentAuthority][] = [
    ["kme-alice", authority],
    ["kme-bob", authority],
    [DEMO_SAE.alice, authority],
    [DEMO_SAE.bob, authority],
    ["sae-stranger", stranger],
  ];
  for (const [name, signer] of identities) {
    const identity = await signer.issue(name, ["127.0.0.1", "localhost"]);
    writePrivate(join(root, `${name}.pem`), identity.certificate);
    writePrivate(join(root, `${name}.key`), identity.privateKey);
  }
  const secret = newLinkSecretFile().reveal();
  for (const site of SITES) {
    mkdirSync(join(root, site), { mode: 0o700 });
    writePrivate(join(root, site, "link.secret"), secret);
    writePrivate(join(root, site, "store.kek"), randomBytes(32));
  }
  return root;
}

/** Writes one site's configuration and returns its path. */
export function writeSiteConfig(
  root: string,
  site: "alice" | "bob",
  link: DemoLink,
  transceiver: { readonly address: string; readonly telemetry?: string },
  peer: { readonly listen: string } | { readonly connect: string },
  delivery: string,
): string {
  const other = site === "alice" ? "bob" : "alice";
  const config: SiteConfig = {
    site,
    linkId: "demo-link",
    transceiver: { ...transceiver, detectionsPerFrame: link.detectionsPerFrame },
    peer: {
      ...peer,
      certificate: `../kme-${site}.pem`,
      privateKey: `../kme-${site}.key`,
      authority: "../ca.pem",
      secretFile: "link.secret",
    },
    link: { preset: link.preset, lossDb: link.lossDb, clockHz: link.clockHz, blockBits: link.blockBits },
    store: { path: "keys.db", keyFile: "store.kek" },
    delivery: {
      listen: delivery,
      certificate: `../kme-${site}.pem`,
      privateKey: `../kme-${site}.key`,
      authority: "../ca.pem",
      kmeId: `kme-${site}`,
      peerKmeId: `kme-${other}`,
      // Strict: a key ID that was fetched is refused at once, which is what the demo shows.
      redeliveryWindowS: 0,
    },
    ...(link.seed === null ? {} : { developmentSeed: `demo ${link.seed}` }),
  };
  const path = join(root, site, "site.json");
  writePrivate(path, `${JSON.stringify(config, null, 2)}\n`);
  return path;
}

function writePrivate(path: string, content: string | Uint8Array): void {
  writeFileSync(path, content, { mode: 0o600 });
}

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { newLinkSecretFile } from "../../controller/index.ts";
import type { SiteConfig } from "../config/read-config.ts";
import { DEMO_SAE, SITES } from "./demo-files.ts";
import { DevelopmentAuthority } from "./development-pki.ts";
import { emptyFolder } from "./empty-folder.ts";
import { makeFolder } from "./make-folder.ts";
import { writePrivate } from "./write-private.ts";

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

/**
 * Makes a new folder with certificates of a development authority, the pre-placed secret and the key files, all 0600 in a
 * folder of mode 0700. Refuses a folder that holds anything; `option` is the one that named it.
 */
export async function createDemoState(folder: string, option = "--out"): Promise<string> {
  const root = emptyFolder(folder, option);
  await fillDemoState(root);
  return root;
}

/** Makes the files of `createDemoState` in a folder that has none of them. */
export async function fillDemoState(root: string): Promise<void> {
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
    makeFolder(join(root, site));
    writePrivate(join(root, site, "link.secret"), secret);
    writePrivate(join(root, site, "store.kek"), randomBytes(32));
  }
}

/** Writes one site's configuration and returns its path. */
export function writeSiteConfig(
  root: string,
  site: "alice" | "bob",
  link: DemoLink,
  transceiver: { readonly address: string; readonly telemetry?: string },
  peer: { readonly listen: string } | { readonly connect: string },
  delivery: string,
  dashboard?: SiteConfig["dashboard"],
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
    ...(dashboard === undefined ? {} : { dashboard }),
    ...(link.seed === null ? {} : { developmentSeed: `demo ${link.seed}` }),
  };
  const path = join(root, site, "site.json");
  writePrivate(path, `${JSON.stringify(config, null, 2)}\n`);
  return path;
}

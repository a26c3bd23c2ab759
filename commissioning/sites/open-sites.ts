import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type BlockReport,
  type Controller,
  type ControllerEvent,
  createController,
  createKeyFile,
  createLinkSecretFile,
  type DistillationSettings,
  type FallbackPolicy,
  type PeerCredentials,
  readLinkSecretFile,
} from "../../controller/index.ts";
import type { QkdError } from "../../errors/index.ts";
import type { Unit } from "../units/unit.ts";

/** Certificates of both sites for the time of a run. */
export interface SiteCredentials {
  readonly alice: PeerCredentials;
  readonly bob: PeerCredentials;
}

/** Both sites' controllers over the units under test, with stores that are thrown away. */
export interface Sites {
  readonly alice: Controller;
  readonly bob: Controller;
  readonly settings: DistillationSettings;
  /** Blocks as Bob's site reports them, newest last. */
  readonly blocks: readonly BlockReport[];
  readonly events: readonly (ControllerEvent & {
    readonly site: "alice" | "bob";
    readonly steadyMs: number;
  })[];
  /** What went wrong and was survived, each once, newest last. */
  readonly failures: readonly {
    readonly site: "alice" | "bob";
    readonly code: string;
    readonly message: string;
  }[];
  close(): Promise<void>;
}

/** Alice's site hands keys out under this name, and the tests ask under it. */
export const SITE_NAME = "commission";

/** QKD returns a little after the link does: a commissioning has no half minute to wait. */
const FALLBACK: Partial<FallbackPolicy> = { rekeyMs: 10_000, clearHoldMs: 5000, startGraceMs: 5000 };

/** Starts both sites. Nothing of them is left afterwards: stores and secrets lie in a folder that the run removes. */
export async function openSites(
  units: { readonly alice: Unit; readonly bob: Unit },
  settings: DistillationSettings,
  credentials: SiteCredentials,
  scratch: string,
): Promise<Sites> {
  const root = join(scratch, "sites");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { mode: 0o700, recursive: true });
  const secretFile = join(root, "link.secret");
  createLinkSecretFile(secretFile);
  const open = (site: "alice" | "bob", peer: { peerListen: string } | { peer: string }) => {
    const keyFile = join(root, `${site}.key`);
    createKeyFile(keyFile);
    return createController({
      transceiver: units[site].device,
      ...peer,
      credentials: credentials[site],
      secret: readLinkSecretFile(secretFile),
      store: join(root, `${site}.db`),
      keyFile,
      linkId: "commissioning",
      distillation: settings,
      fallback: FALLBACK,
      name: SITE_NAME,
      acceptDataJournal: true,
    });
  };
  const alice = await open("alice", { peerListen: "tls://127.0.0.1:0" });
  try {
    const bob = await open("bob", { peer: `tls://127.0.0.1:${alice.peerPort}` });
    return watched(alice, bob, settings);
  } catch (error) {
    await alice.close();
    throw error;
  }
}

function watched(alice: Controller, bob: Controller, settings: DistillationSettings): Sites {
  const blocks: BlockReport[] = [];
  const events: Sites["events"][number][] = [];
  const failures: Sites["failures"][number][] = [];
  const fail = (site: "alice" | "bob", { code, message }: QkdError): void => {
    if (!failures.some((one) => one.site === site && one.code === code))
      failures.push({ site, code, message });
  };
  const subscriptions = [
    ...(["alice", "bob"] as const).map((site) =>
      (site === "alice" ? alice : bob).failures$.subscribe((error) => fail(site, error)),
    ),
    bob.blocks$.subscribe((block) => blocks.push(block)),
    ...(["alice", "bob"] as const).map((site) =>
      (site === "alice" ? alice : bob).events$.subscribe((event) =>
        events.push({ ...event, site, steadyMs: performance.now() }),
      ),
    ),
  ];
  return {
    alice,
    bob,
    settings,
    blocks,
    events,
    failures,
    async close() {
      for (const subscription of subscriptions) subscription.unsubscribe();
      await Promise.all([alice.close(), bob.close()]);
    },
  };
}

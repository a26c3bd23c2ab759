import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openKeyPool, PRE_PLACED_SECRET_BYTES, readLinkSecretFile } from "../../../controller/index.ts";
import { TAIL_BYTES } from "../../../controller/pool/block-tail.ts";
import { type SiteName, TwoSites } from "../../chain/two-sites.ts";
import { Box } from "./box.ts";

/** What became of two sites with a box in the way. */
export interface BoxResult {
  readonly seconds: number;
  readonly seed: number;
  readonly bouts: Readonly<Record<string, number>>;
  readonly connections: number;
  /** Blocks that ended while the box was at work, and afterwards until key came at both sites. */
  readonly blocksMeanwhile: number;
  readonly blocksUntilKey: number;
  readonly secondsUntilKey: number | null;
  readonly failures: readonly string[];
  /** Of each site: pads that its reserve gave, and blocks that ended. */
  readonly pads: Readonly<Record<SiteName, { readonly drawn: number; readonly ended: number }>>;
  readonly traces: readonly string[];
}

const SITES = ["alice", "bob"] as const;
const PAD_BYTES = 32;
/** Of a block's bytes fewer than a key's 32 are neither keys nor share nor tail, and count as share here: a part of a pad. */
const SHARE = 0.3;
/**
 * Pads that lie ready, lost when a site ends, and what the opening of its store may hold back. A box that cost the pads of all
 * open blocks, twenty of this size, at each cut would pass this at the fourth.
 */
const READY_PADS = 64;
const LONGEST_S = 90;
const MOST_BLOCKS = 2;

/** Two whole sites as processes, and a box between them for so long; then peace, and the account. */
export async function playBox(seconds: number, seed: number): Promise<BoxResult> {
  const box = new Box(seed);
  const through = await box.listen();
  const sites = await TwoSites.start((config) => {
    const peer = config.peer as { connect?: string };
    if (peer.connect === undefined) return;
    box.leadTo(Number(new URL(peer.connect).port));
    peer.connect = `tls://127.0.0.1:${through}`;
  });
  const traces: string[] = [];
  try {
    await waitForKey(sites, counts(sites), LONGEST_S);
    const before = blocksAt(sites, "alice");
    for (const end = Date.now() + 1000 * seconds; Date.now() < end; ) {
      await sleep(Math.min(box.begin(), Math.max(0, end - Date.now())));
      box.calm();
      await sleep(Math.min(1500, Math.max(0, end - Date.now())));
    }
    const blocksMeanwhile = blocksAt(sites, "alice") - before;
    const calmAt = Date.now();
    const atCalm = blocksAt(sites, "alice");
    const came = await waitForKey(sites, counts(sites), LONGEST_S);
    const blocksUntilKey = blocksBefore(sites, atCalm);
    if (!came) traces.push("no key afterwards");
    else if (blocksUntilKey > MOST_BLOCKS) traces.push(`key only after ${blocksUntilKey} blocks`);
    const secondsUntilKey = came ? (Date.now() - calmAt) / 1000 : null;
    await sites.stop();
    const pads = { alice: await padsOf(sites, "alice"), bob: await padsOf(sites, "bob") };
    for (const site of SITES)
      if (pads[site].drawn > (1 + SHARE) * pads[site].ended + READY_PADS)
        traces.push(`${site} drew ${pads[site].drawn} pads for ${pads[site].ended} blocks`);
    const failures = SITES.flatMap((site) =>
      sites.site(site).lines.flatMap(({ type, code }) => (type === "failure" ? [`${site} ${code}`] : [])),
    );
    return {
      seconds,
      seed,
      bouts: Object.fromEntries(box.played),
      connections: box.connections,
      blocksMeanwhile,
      blocksUntilKey,
      secondsUntilKey,
      failures: [...new Set(failures)].sort(),
      pads,
      traces,
    };
  } finally {
    await box.close();
    await sites.stop();
    sites.remove();
  }
}

const blocksAt = (sites: TwoSites, site: SiteName): number =>
  sites.site(site).lines.filter(({ type }) => type === "block").length;

/** Blocks that ended at Alice's from the `from`-th on, up to the first whose key both sites added. */
function blocksBefore(sites: TwoSites, from: number): number {
  const added = SITES.map(
    (site) =>
      new Set(sites.site(site).lines.flatMap(({ type, blockId }) => (type === "keysAdded" ? [blockId] : []))),
  );
  const ended = sites
    .site("alice")
    .lines.flatMap(({ type, report }) =>
      type === "block" ? [(report as { readonly blockId: string }).blockId] : [],
    );
  return 1 + ended.slice(from).findIndex((id) => added.every((ids) => ids.has(id)));
}

const keysAt = (sites: TwoSites, site: SiteName): number =>
  sites.site(site).lines.filter(({ type, origin }) => type === "keysAdded" && origin === "qkd").length;

const counts = (sites: TwoSites): Record<SiteName, number> => ({
  alice: keysAt(sites, "alice"),
  bob: keysAt(sites, "bob"),
});

/** True once both sites added key of a block beyond what they had. */
async function waitForKey(
  sites: TwoSites,
  had: Record<SiteName, number>,
  longestS: number,
): Promise<boolean> {
  for (const end = Date.now() + 1000 * longestS; Date.now() < end; ) {
    if (SITES.every((site) => keysAt(sites, site) > had[site])) return true;
    await sleep(50);
  }
  return false;
}

/** What the reserve of a stopped site gave, read from its store. */
async function padsOf(sites: TwoSites, site: SiteName): Promise<{ drawn: number; ended: number }> {
  const at = (name: string) => join(sites.root, site, name);
  const { pool, auth } = await openKeyPool({
    path: at("keys.db"),
    keyFile: at("store.kek"),
    site,
    linkId: "demo-link",
    linkSecret: readLinkSecretFile(at("link.secret")),
  });
  try {
    const { own } = await auth.remaining();
    const { lines } = sites.site(site);
    const added = new Map(
      lines.flatMap(({ type, blockId, bits }) => (type === "keysAdded" ? [[blockId, Number(bits)]] : [])),
    );
    let given = (PRE_PLACED_SECRET_BYTES - 32) / 2;
    for (const { type, report } of lines) {
      const { blockId, secretBits } = (report ?? {}) as { blockId?: string; secretBits?: number };
      const bits = added.get(blockId);
      // Of a block's bytes those that are neither keys nor its tail replenish the reserve, half of them each direction.
      if (type === "block" && secretBits !== undefined && bits !== undefined) {
        given += (secretBits / 8 - bits / 8 - TAIL_BYTES) / 2;
      }
    }
    return { drawn: Math.round(10 * ((given - own) / PAD_BYTES)) / 10, ended: blocksAt(sites, site) };
  } finally {
    await pool.close();
  }
}

import { randomBytes } from "node:crypto";
import { InternalError } from "../../../errors/index.ts";
import type { Anchor } from "../anchor/anchor.ts";
import type { AuditHead } from "../anchor/anchor-record.ts";
import type { OpeningPlan } from "../anchor/opening-plan.ts";
import type { OpeningReport } from "../opening-report.ts";
import { burnKeys } from "./apply-opening.ts";
import type { AuditLog } from "./audit-log.ts";
import type { AuthSegments } from "./auth-segments.ts";
import type { Database } from "./database.ts";
import { loadLinkSecret } from "./link-secrets.ts";
import { createTables } from "./open-tables.ts";
import { enterPair, type PairIdentity, setAnchorVersion, setEpoch } from "./pair-table.ts";
import type { StoreContext } from "./store-context.ts";
import { tableFacts, tableReach } from "./table-facts.ts";

/** What the opening of a pair needs beside the database. */
export interface AnchoredOpening {
  readonly db: Database;
  readonly audit: AuditLog;
  /** The end of the log when this pair was last open, as far as other pairs have gone on since. */
  readonly head: AuditHead;
  readonly anchor: Anchor;
  readonly wrappingKey: Uint8Array;
  /** The tables are there; false: there are none. */
  readonly exist: boolean;
  /** The pair's number; null where the tables do not know it. */
  readonly pair: number | null;
  readonly identity: PairIdentity;
  readonly linkSecret: Uint8Array;
  /** The context of a pair whose opening has this number. */
  readonly contextOf: (pair: number, generation: number) => StoreContext;
}

/** An opened pair's tables. */
export interface OpenedTables {
  readonly context: StoreContext;
  readonly segments: AuthSegments;
  readonly report: OpeningReport;
}

/**
 * Opens or makes the tables of a pair against what its anchor knows of them: what may have been given before is taken out of
 * use in the same transaction, and the anchor covers the pair before anybody is served. KeyStoreError as `loadLinkSecret`
 * tells.
 */
export function openAnchored({ db, anchor, audit, ...opening }: AnchoredOpening): OpenedTables {
  const { exist, pair: known, identity, linkSecret, contextOf, wrappingKey } = opening;
  const facts =
    known === null
      ? null
      : { ...tableFacts(db, known, audit, anchor.newest?.audit.number ?? 0), audit: opening.head };
  const freshStoreId = randomBytes(16).toString("hex");
  const results: OpenedTables[] = [];
  anchor.open(facts, freshStoreId, (plan) => {
    db.transaction(() => {
      if (!exist) createTables(db, wrappingKey, identity.linkId);
      const pair = known ?? enterPair(db, identity, plan);
      setEpoch(db, pair, plan.generation);
      setAnchorVersion(db, pair, plan.anchorVersion);
      const context = contextOf(pair, plan.generation);
      const atMs = context.now();
      audit.append(atMs, "storeOpened", { epoch: plan.generation, ...identityOf(identity), kind: plan.kind });
      if (plan.evidence.length > 0)
        audit.append(atMs, "storeNotNewest", { evidence: plan.evidence.join("; ") });
      results.push(carriedOut(context, plan, linkSecret));
    });
  });
  const [opened] = results;
  if (opened === undefined) throw new InternalError("QKD_INTERNAL", "an opening commits");
  anchor.opened(audit.head(), tableReach(db, opened.context.pair));
  return opened;
}

function carriedOut(context: StoreContext, plan: OpeningPlan, linkSecret: Uint8Array): OpenedTables {
  const { db, audit, now, pair } = context;
  // What a broken-off addition left is no block.
  db.run("DELETE FROM block WHERE pair = ? AND state = 'loading'", pair);
  const burntBits = 8 * burnKeys(context, plan);
  const segments = loadLinkSecret(context, linkSecret, plan.pads);
  const burntPadBytes = segments.skipTo(plan.pads);
  if (burntPadBytes > 0) audit.append(now(), "padsBurnt", { bytes: burntPadBytes });
  // Also under a secret that the database does not know: an older copy does not know those that were used since.
  if (plan.holdPads) segments.holdBack();
  const { kind, generation, evidence, lastSeenMs } = plan;
  const padsHeldBack = segments.heldBack;
  if (padsHeldBack) audit.append(now(), "padsHeldBack", {});
  const report = {
    kind,
    atMs: now(),
    generation,
    evidence,
    burntBits,
    lostBits: 0,
    burntPadBytes,
    padsHeldBack,
    lastSeenMs,
  };
  return { context, segments, report };
}

function identityOf({ site, linkId }: PairIdentity) {
  return { site, linkId };
}

import { randomBytes } from "node:crypto";
import { InternalError } from "../../../errors/index.ts";
import type { Anchor } from "../anchor/anchor.ts";
import type { OpeningPlan } from "../anchor/opening-plan.ts";
import type { OpeningReport } from "../opening-report.ts";
import { burnKeys } from "./apply-opening.ts";
import type { AuditLog } from "./audit-log.ts";
import type { AuthSegments } from "./auth-segments.ts";
import type { Database } from "./database.ts";
import { loadLinkSecret } from "./link-secrets.ts";
import { createTables, type StoreIdentity, setMeta } from "./open-tables.ts";
import type { StoreContext } from "./store-context.ts";
import { tableFacts, tableReach } from "./table-facts.ts";

/** What opening the tables needs beside the database. */
export interface AnchoredOpening {
  readonly db: Database;
  readonly audit: AuditLog;
  readonly anchor: Anchor;
  /** The tables are there and belong to this store; false: there are none. */
  readonly exist: boolean;
  readonly identity: StoreIdentity;
  readonly linkSecret: Uint8Array;
  /** The context of a store whose opening has this number. */
  readonly contextOf: (generation: number) => StoreContext;
}

/** An opened store's tables. */
export interface OpenedTables {
  readonly context: StoreContext;
  readonly segments: AuthSegments;
  readonly report: OpeningReport;
}

/**
 * Opens or makes the tables against what the anchor knows of them: what may have been given before is taken out of use
 * in the same transaction, and the anchor covers the store before anybody is served. KeyStoreError as `loadLinkSecret`
 * tells.
 */
export function openAnchored({ db, anchor, audit, ...opening }: AnchoredOpening): OpenedTables {
  const { exist, identity, linkSecret, contextOf } = opening;
  const facts = exist ? tableFacts(db, audit, anchor.newest?.audit.number ?? 0) : null;
  const freshStoreId = randomBytes(16).toString("hex");
  const results: OpenedTables[] = [];
  anchor.open(facts, freshStoreId, (plan) => {
    const context = contextOf(plan.generation);
    const { wrappingKey, now } = context;
    db.transaction(() => {
      if (facts === null) createTables(db, wrappingKey, identity, plan);
      else setMeta(db, "epoch", plan.generation);
      setMeta(db, "anchorVersion", plan.anchorVersion);
      const atMs = now();
      audit.append(atMs, "storeOpened", { epoch: plan.generation, ...identityOf(identity), kind: plan.kind });
      if (plan.evidence.length > 0)
        audit.append(atMs, "storeNotNewest", { evidence: plan.evidence.join("; ") });
      results.push(carriedOut(context, plan, linkSecret));
    });
  });
  const [opened] = results;
  if (opened === undefined) throw new InternalError("QKD_INTERNAL", "an opening commits");
  anchor.opened(audit.head(), tableReach(db));
  return opened;
}

function carriedOut(context: StoreContext, plan: OpeningPlan, linkSecret: Uint8Array): OpenedTables {
  const { db, audit, now } = context;
  // What a broken-off addition left is no block.
  db.run("DELETE FROM block WHERE state = 'loading'");
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

function identityOf({ site, linkId }: StoreIdentity) {
  return { site, linkId };
}

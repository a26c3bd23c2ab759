import { checkArgument, checkOptions, maybe, type RulesOf, rule } from "../../../options/index.ts";
import type { AuditEntry } from "../key-pool.ts";
import type { AuditQuery, AuditVerdict } from "./audit-of-store.ts";

const RULES: RulesOf<AuditQuery> = {
  sinceMs: maybe(rule.number(0, Number.MAX_SAFE_INTEGER)),
  most: maybe(rule.whole(0, Number.MAX_SAFE_INTEGER)),
  anchored: maybe(
    rule.object<NonNullable<AuditQuery["anchored"]>>({
      keyFile: rule.text("the path of a key file"),
      linkId: rule.text(),
      site: rule.choice("alice", "bob"),
    }),
  ),
};

/**
 * Reads the audit log of a key store that no site has open, and verifies it. Nothing of the store is changed.
 * QKD_KEYSTORE_LOCKED while a site has it open, QKD_KEYSTORE_UNREADABLE where there is no store of this version, and as
 * `readSecretFile` for the key file.
 */
export async function readAudit(
  path: string,
  query: AuditQuery,
  each: (entry: AuditEntry) => void,
): Promise<AuditVerdict> {
  checkArgument("path", path, rule.text("the path of a key store"));
  checkOptions("the query of readAudit", query, RULES);
  checkArgument("each", each, rule.callback);
  // The database is loaded by who reads one: a site's own runs in a thread, and older versions of Node.js have none.
  const { auditOf } = await import("./audit-of-store.ts");
  return auditOf(path, query, each);
}

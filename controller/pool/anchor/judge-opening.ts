import type { KeyOrigin } from "../key-pool.ts";
import type { OpeningKind } from "../opening-report.ts";
import type { Slot } from "./anchor-codec.ts";
import {
  ANCHORED_ORIGINS,
  type AnchorRecord,
  type AuditHead,
  hasGiven,
  isBefore,
  type PadAnchor,
  type Position,
} from "./anchor-record.ts";

/** What a database says of itself, before anything in it is changed. */
export interface DatabaseFacts {
  readonly storeId: string;
  /** Number of its last opening. */
  readonly generation: number;
  /** Version of the newest record that one of its commits followed. */
  readonly anchorVersion: number;
  readonly audit: AuditHead;
  /** Hash of the entry that the newest record names; null where the log holds no such entry any more or yet. */
  readonly auditAtRecord: string | null;
  /** Up to where own halves are used. */
  readonly own: Readonly<Record<KeyOrigin, Position>>;
  /** Highest sequence that it knows; -1 for none. */
  readonly last: Readonly<Record<KeyOrigin, number>>;
  readonly pads: readonly PadAnchor[];
}

/** How a store is found, and the record that counts; null where none does. */
export interface Judgement {
  readonly kind: OpeningKind;
  readonly evidence: readonly string[];
  readonly record: AnchorRecord | null;
}

/** The newest record; what is damaged, blank or another store's does not count. */
export function newestRecord(slots: readonly Slot[]): AnchorRecord | null {
  let newest: AnchorRecord | null = null;
  for (const slot of slots)
    if (slot.type === "record" && (newest === null || slot.record.version > newest.version))
      newest = slot.record;
  return newest;
}

/** Compares what the file beside the database knows with the database; null: the database holds no tables. */
export function judgeOpening(slots: readonly Slot[], facts: DatabaseFacts | null): Judgement {
  const record = newestRecord(slots);
  if (facts === null) return judgeEmpty(slots, record);
  if (record === null) {
    return { kind: "unanchored", evidence: ["the anchor holds no record that can be read"], record };
  }
  if (record.storeId !== facts.storeId) {
    return { kind: "replaced", evidence: ["the anchor was written for another database"], record };
  }
  if (facts.anchorVersion > record.version) {
    const evidence = [`the anchor is older (${record.version}) than the database (${facts.anchorVersion})`];
    return { kind: "unanchored", evidence, record };
  }
  const evidence = missing(record, facts);
  if (evidence.length > 0) return { kind: "rolledBack", evidence, record };
  const untouched = facts.audit.number === record.audit.number && facts.generation === record.generation;
  return { kind: record.clean && untouched ? "clean" : "crashed", evidence, record };
}

function judgeEmpty(slots: readonly Slot[], record: AnchorRecord | null): Judgement {
  if (record !== null && hasGiven(record)) {
    return { kind: "emptied", evidence: ["the database is empty, and keys or pads were given"], record };
  }
  // Nothing leaves before both slots are written: one that is blank belongs to a store that was not made to its end.
  if (record === null && slots.every(({ type }) => type !== "blank")) {
    return { kind: "emptied", evidence: ["the database is empty, and its anchor cannot be read"], record };
  }
  return { kind: "fresh", evidence: [], record };
}

/** What shows for certain that the database lacks changes that were durable when the record was written. */
function missing(record: AnchorRecord, facts: DatabaseFacts): string[] {
  const evidence: string[] = [];
  const { audit } = record;
  if (facts.audit.number < audit.number)
    evidence.push(`the audit log ends at entry ${facts.audit.number}, not ${audit.number}`);
  else if (audit.number > 0 && facts.auditAtRecord !== null && facts.auditAtRecord !== audit.hash)
    evidence.push(`entry ${audit.number} of the audit log is another one`);
  // A record that is not clean may be the one of an opening whose commit did not come.
  if (facts.generation < record.generation - (record.clean ? 0 : 1))
    evidence.push(`the database was opened ${facts.generation} times, not ${record.generation}`);
  for (const origin of ANCHORED_ORIGINS)
    if (isBefore(facts.own[origin], record.origins[origin].own.reached))
      evidence.push(`less ${origin} key is used than had left`);
  return evidence;
}

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A range of a block's keys that a store marked used, and for what. */
export interface MarkedRange {
  readonly event: "keysTaken" | "keysFetched" | "padTaken" | "padOpened";
  readonly blockId: string;
  readonly first: number;
  readonly past: number;
}

/** All marks that the audit log of a node tells, oldest first. The node must not run. */
export function markedRanges(folder: string): readonly MarkedRange[] {
  const db = new DatabaseSync(join(folder, "keys.db"), { readOnly: true });
  try {
    const rows = db
      .prepare(
        `SELECT event, detail FROM audit WHERE event IN ('keysTaken', 'keysFetched', 'padTaken', 'padOpened')
          ORDER BY number`,
      )
      .all() as unknown as readonly { readonly event: MarkedRange["event"]; readonly detail: string }[];
    return rows.map(({ event, detail }) => ({ ...(JSON.parse(detail) as MarkedRange), event }));
  } finally {
    db.close();
  }
}

/** Pairs of marks that share a byte. */
export function overlaps(marks: readonly MarkedRange[]): readonly (readonly [MarkedRange, MarkedRange])[] {
  const sorted = marks.toSorted((a, b) =>
    a.blockId < b.blockId ? -1 : a.blockId > b.blockId ? 1 : a.first - b.first,
  );
  return sorted.flatMap((mark, index) => {
    const next = sorted[index + 1];
    return next !== undefined && next.blockId === mark.blockId && next.first < mark.past
      ? [[mark, next] as const]
      : [];
  });
}

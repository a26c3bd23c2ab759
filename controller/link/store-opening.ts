import { KeyStoreError } from "../../errors/index.ts";
import type { ControllerEvent } from "../events.ts";
import type { OpeningKind, OpeningReport } from "../pool/opening-report.ts";

/** What a site tells of the opening of its store. */
export interface OpeningNews {
  readonly event: ControllerEvent | null;
  readonly failure: KeyStoreError | null;
}

const FOUND: Partial<Record<OpeningKind, string>> = {
  rolledBack: "changes of the key store that were durable are missing",
  emptied: "the database of the key store is empty, and was not",
  replaced: "another database lies in the place of the key store",
  unanchored: "nothing tells what had left the key store",
};

/** Nothing to tell of a store that was found as it was left. */
export function openingNews(report: OpeningReport): OpeningNews {
  const { kind, atMs, evidence, burntBits, lostBits, burntPadBytes, padsHeldBack } = report;
  const bits = burntBits + lostBits;
  const sentence = FOUND[kind];
  return {
    event:
      bits > 0 || burntPadBytes > 0
        ? { type: "keysBurnt", atMs, reason: kind, bits, authenticationBytes: burntPadBytes }
        : null,
    failure:
      sentence === undefined
        ? lostStock(lostBits)
        : new KeyStoreError("QKD_KEYSTORE_ROLLBACK", `${sentence}; what may have left is not given again`, {
            context: { kind, evidence: evidence.join("; "), burntBits, burntPadBytes, padsHeldBack },
            ...(padsHeldBack
              ? {
                  remedy:
                    "check the disk; authentication goes on by the other site's word, and by a fresh secret where that lost count, too",
                }
              : {}),
          }),
  };
}

function lostStock(lostBits: number): KeyStoreError | null {
  if (lostBits === 0) return null;
  return new KeyStoreError(
    "QKD_KEYSTORE_UNREADABLE",
    "the root file of the key store is lost or another: the stock cannot be read and is given up",
    {
      context: { lostBits },
      remedy: "none needed: key flows again; find out who removed or replaced the file",
    },
  );
}

import { setTimeout as sleep } from "node:timers/promises";
import { QkdError } from "../../errors/index.ts";
import type { SiteClient } from "../explain/site-client.ts";
import { logLine } from "../log-line.ts";
import { siteChanges } from "./site-changes.ts";
import { siteChangeLine, siteLine } from "./site-lines.ts";
import { readSite, type SiteReading } from "./site-reading.ts";

/** How often a site is asked. */
const ASK_MS = 1000;

/** How a site is watched. */
export interface SiteWatching {
  readonly everyMs: number;
  readonly json: boolean;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Tells what is new at a site, and every so often how it is, until the signal. Rejects where the first answer does not
 * come; a site that is lost later is told once and waited for.
 */
export async function watchSite(client: SiteClient, watching: SiteWatching): Promise<void> {
  const { everyMs, json, write, signal } = watching;
  const tell = (line: string, content: object) => {
    const at = new Date();
    write(json ? `${JSON.stringify({ at: at.toISOString(), ...content })}\n` : logLine(line, at));
  };
  let before: SiteReading | null = null;
  let lost = false;
  let toldMs = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const now: SiteReading | QkdError = await readSite(client, signal).catch((error: unknown) => {
      if (before === null || signal.aborted || !(error instanceof QkdError)) throw error;
      return error;
    });
    if (now instanceof QkdError) {
      if (!lost) tell(now.message, { type: "site", state: "lost", code: now.code, reason: now.message });
      lost = true;
    } else {
      if (lost) tell("the site answers again", { type: "site", state: "reached" });
      lost = false;
      for (const change of siteChanges(before, now)) tell(siteChangeLine(change), change);
      before = now;
      if (performance.now() - toldMs >= everyMs) {
        toldMs = performance.now();
        const { health, pool, alarms } = now;
        const present = alarms.alarms.filter(({ state }) => state === "present").map(({ id }) => id);
        tell(siteLine(now), { type: "reading", health, pool, alarms: present });
      }
    }
    await sleep(ASK_MS, undefined, { signal }).catch(() => {});
  }
}

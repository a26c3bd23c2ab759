import { Command, InvalidArgumentError, Option } from "commander";
import { type AuditEntry, type AuditQuery, type AuditVerdict, readAudit } from "../controller/index.ts";
import { ConfigError, KeyStoreError } from "../errors/index.ts";
import { placedError } from "./config/placed-error.ts";
import { readSiteConfig } from "./config/read-config.ts";
import { wholeNumber } from "./whole-number.ts";

interface AuditFlags {
  readonly config?: string;
  readonly store?: string;
  readonly since?: number;
  readonly last?: number;
  readonly json?: true;
}

const DEFAULT_LAST = 100;

/**
 * `qkdlink audit`: the audit log of a key store whose site does not run, and whether it is whole. `write` takes what is
 * printed. The log holds names and ranges, never key.
 */
export function auditCommand(write: (text: string) => void = (text) => process.stdout.write(text)): Command {
  return new Command("audit")
    .description("print and verify the audit log of a key store whose site is stopped")
    .option("--config <file>", "the site's configuration: its store, compared with its anchor")
    .addOption(new Option("--store <file>", "a store alone, without key file and anchor").conflicts("config"))
    .option("--since <time>", "entries from this time on, such as 2026-11-29 or 2026-11-29T12:30Z", time)
    .option("--last <n>", `the newest so many (default: ${DEFAULT_LAST}, all with --since)`, wholeNumber)
    .option("--json", "one JSON line an entry, and the verdict last")
    .action(async (flags: AuditFlags) => {
      const { path, anchored } = storeOf(flags);
      const { since, last = since === undefined ? DEFAULT_LAST : undefined, json = false } = flags;
      const query = {
        ...(since !== undefined && { sinceMs: since }),
        ...(last !== undefined && { most: last }),
        ...(anchored !== undefined && { anchored }),
      };
      try {
        const verdict = await readAudit(path, query, (entry) => write(entryLine(entry, json)));
        write(verdictLine(path, verdict, json));
        if (verdict.wrong.length > 0)
          throw new KeyStoreError(
            "QKD_KEYSTORE_AUDIT",
            `the audit log of ${path} was changed: ${verdict.wrong.join("; ")}`,
            { context: { path } },
          );
      } catch (error) {
        throw flags.config === undefined ? error : placedError(flags.config, error);
      }
    });
}

function storeOf({ config, store }: AuditFlags): {
  readonly path: string;
  readonly anchored?: NonNullable<AuditQuery["anchored"]>;
} {
  if (store !== undefined) return { path: store };
  if (config === undefined) throw new ConfigError("QKD_USAGE", "name a store, by --config or --store");
  const { linkId, site, store: of } = readSiteConfig(config);
  return { path: of.path, anchored: { keyFile: of.keyFile, linkId, site } };
}

function entryLine(entry: AuditEntry, json: boolean): string {
  if (json) return `${JSON.stringify(entry)}\n`;
  const { number, atMs, event, detail } = entry;
  const facts = Object.entries(detail).map(([name, value]) => ` ${name} ${quoted(value)}`);
  return `${number} ${new Date(atMs).toISOString()} ${event}${facts.join("")}\n`;
}

/** Names come from certificates and from the other site: a terminal obeys none of them. */
function quoted(value: AuditEntry["detail"][string]): string {
  if (typeof value !== "string" || /^[\w.:-]+$/.test(value)) return String(value);
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function verdictLine(path: string, { entries, wrong, anchorCompared }: AuditVerdict, json: boolean): string {
  if (json) return `${JSON.stringify({ verified: wrong.length === 0, entries, wrong, anchorCompared })}\n`;
  const anchor = anchorCompared ? ", and fits the anchor" : "; the anchor was not compared";
  return wrong.length > 0 ? "" : `${path}: ${entries} entries, the chain is whole${anchor}\n`;
}

function time(text: string): number {
  const atMs = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) throw new InvalidArgumentError("a date, or a date and time, is needed.");
  return atMs;
}

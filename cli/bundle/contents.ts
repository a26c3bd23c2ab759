import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { arch, cpus, platform, release, totalmem, uptime } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { redactedCopy } from "../../capture/index.ts";
import { checkSite } from "../check/check-site.ts";
import { absoluteFiles } from "../config/absolute-files.ts";
import { readSiteFile } from "../config/read-site.ts";
import type { SiteDraft } from "../config/site-config.ts";
import { packageVersion } from "../package-version.ts";
import { Scrubber } from "./scrubber.ts";
import { type SiteAccess, siteAnswers } from "./site-answers.ts";
import { siteSecrets } from "./site-secrets.ts";
import type { ArchiveEntry } from "./tar.ts";

/** What a bundle is made of; everything may be left out. */
export interface BundleSources {
  readonly config?: string;
  readonly log?: string;
  readonly recording?: string;
  readonly site?: SiteAccess;
}

/** Files of a bundle, and what could not be had, in words. */
export interface BundleContents {
  readonly entries: readonly ArchiveEntry[];
  readonly missing: readonly string[];
}

const LOG_TAIL_BYTES = 2 ** 20;

/** Gathers a bundle. Never throws for what is missing or damaged: a bundle is asked for when something is broken. */
export async function bundleContents(sources: BundleSources): Promise<BundleContents> {
  const missing: string[] = [];
  const entries: ArchiveEntry[] = [];
  const { site, text } =
    sources.config === undefined ? { site: {}, text: undefined } : siteFile(sources.config, missing);
  const scrubber = new Scrubber(siteSecrets(site));
  const add = (name: string, content: string): void => {
    entries.push({ name, bytes: Buffer.from(scrubber.scrub(content)) });
  };
  const tried = async (what: string, work: () => void | Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      missing.push(`${what}: ${(error as Error).message}`);
    }
  };
  add("versions.json", json(versions()));
  if (text !== undefined) add("site.yaml", text);
  const { config, log } = sources;
  if (config !== undefined)
    await tried("check", async () => add("check.json", json(await checkSite(config, { network: false }))));
  if (log !== undefined) await tried("log", () => add("log.txt", tailOf(log)));
  if (sources.site !== undefined)
    for (const answer of await siteAnswers(sources.site))
      if ("text" in answer) add(`site/${answer.part}.json`, answer.text);
      else missing.push(`site/${answer.part}: ${answer.missing}`);
  const recording = sources.recording ?? newestRecording(site.recording?.folder, missing);
  if (recording !== undefined)
    await tried("recording", async () => {
      const { bytes, damage } = await redactedCopy(recording, `qkdlink ${packageVersion()}`);
      entries.push({ name: `recording/${basename(recording)}`, bytes });
      if (damage !== undefined) missing.push(`recording: ${damage}`);
    });
  add("missing.json", json(missing));
  return { entries, missing };
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The file as it is written, and what of it could be understood. */
function siteFile(file: string, missing: string[]): { site: SiteDraft; text: string | undefined } {
  try {
    const text = readFileSync(file, "utf8");
    const site = absoluteFiles(readSiteFile(file).draft, dirname(resolve(file)));
    return { site, text };
  } catch (error) {
    missing.push(`site.yaml: ${(error as Error).message}`);
    return { site: {}, text: undefined };
  }
}

function versions(): object {
  const [first, ...others] = cpus();
  return {
    qkdlink: packageVersion(),
    node: process.version,
    openssl: process.versions.openssl,
    system: `${platform()} ${release()} ${arch()}`,
    processors: first === undefined ? "unknown" : `${others.length + 1} x ${first.model}`,
    memoryBytes: totalmem(),
    uptimeS: Math.round(uptime()),
    madeAt: new Date().toISOString(),
  };
}

/** The last mebibyte of a log, from the beginning of a line. */
function tailOf(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const from = Math.max(0, size - LOG_TAIL_BYTES);
    const bytes = new Uint8Array(size - from);
    readSync(descriptor, bytes, 0, bytes.length, from);
    const text = new TextDecoder().decode(bytes);
    return from === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    closeSync(descriptor);
  }
}

function newestRecording(folder: string | undefined, missing: string[]): string | undefined {
  if (folder === undefined) return undefined;
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith(".pcapng"));
    const dated = files.map((name) => ({
      path: join(folder, name),
      atMs: statSync(join(folder, name)).mtimeMs,
    }));
    return dated.toSorted((a, b) => b.atMs - a.atMs)[0]?.path;
  } catch (error) {
    missing.push(`recording: ${(error as Error).message}`);
    return undefined;
  }
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TwoSites } from "../chain/two-sites.ts";
import type { Series } from "./judgement.ts";
import { KeyDemand } from "./key-demand.ts";
import { readSeries } from "./samples.ts";

/** Small enough that the chain runs beside others on two cores. */
const CLOCK_HZ = 1e8;

/**
 * glibc raises both thresholds after each large block that is given back, up to 32 MiB and 64 MiB: blocks of that size then
 * lie among small ones in its arenas, which give nothing back any more. Fixed at their first values, as docs/CONFIGURATION.md
 * advises for a site, what is resident tells what is held.
 */
const FIXED_THRESHOLDS = { MALLOC_MMAP_THRESHOLD_: "131072", MALLOC_TRIM_THRESHOLD_: "131072" };

/** What a run of the chain gave. */
export interface SoakRun {
  readonly series: readonly Series[];
  readonly keys: Readonly<Record<"taken" | "fetched" | "differing" | "refused", number>>;
}

/**
 * Runs the small chain for `seconds`: an emulated link in this process, a controller at each site in processes of their
 * own, applications that take and fetch keys at both. Each process tells what it holds every `everyMs`.
 */
export async function soak(seconds: number, everyMs: number, signal?: AbortSignal): Promise<SoakRun> {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-soak-"));
  const file = join(folder, "samples");
  const given: Readonly<Record<string, string>> = {
    ...FIXED_THRESHOLDS,
    NODE_OPTIONS: `--import ${new URL("probe.ts", import.meta.url).href}`,
    QKDLINK_SOAK_FILE: file,
    QKDLINK_SOAK_EVERY_MS: String(everyMs),
  };
  const before = Object.keys(given).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, given);
  await import("./probe.ts");
  let sites: TwoSites | undefined;
  try {
    sites = await TwoSites.start(({ link }) => Object.assign(link ?? {}, { clockHz: CLOCK_HZ }), {
      clockHz: CLOCK_HZ,
    });
    const startedMs = Date.now();
    // What the sites print is kept by who started them, in this process, which is judged as the emulator's.
    const forgetting = setInterval(() => {
      for (const site of sites?.processes ?? []) site.forget();
    }, everyMs);
    const demand = new KeyDemand(sites);
    await sleep(1000 * seconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    await demand.stop();
    clearInterval(forgetting);
    const names = new Map([[process.pid, "emulator"]]);
    for (const site of ["alice", "bob"] as const) names.set(sites.site(site).pid, site);
    const { taken, fetched, differing, refused } = demand;
    return { series: readSeries(file, names, startedMs), keys: { taken, fetched, differing, refused } };
  } finally {
    await sites?.stop();
    sites?.remove();
    // Another object in its place would leave the variables of the process as they are.
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    rmSync(folder, { recursive: true, force: true });
  }
}

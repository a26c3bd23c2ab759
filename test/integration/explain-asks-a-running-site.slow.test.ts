import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filter, firstValueFrom, skip } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createDashboard,
  type Dashboard,
  type Explanation,
  explainSite,
  type SiteExplainer,
} from "../../controller/index.ts";
import type { Happening } from "../../emulator/index.ts";
import { linkPreset } from "../../physics/index.ts";
import { bufferedStream } from "./dashboard-client.ts";
import { runExplain } from "./explain-run.ts";
import { SITES, type SiteName, stocked, type WholeSite, WholeSites } from "./whole-sites.ts";

const LOOK_S = 2;
const LEARN_S = 4;
const DISTILLATION = {
  link: { ...linkPreset("yuan2018").link, channelLossDb: 8, clockHz: 2.5e8 },
  blockBits: 1_000_000,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 1,
};

const folder = mkdtempSync(join(tmpdir(), "qkdlink-explained-"));
let sites: WholeSites;
let running: Readonly<Record<SiteName, WholeSite>>;
const explainers = new Map<SiteName, SiteExplainer>();
const dashboards = new Map<SiteName, Dashboard>();
const failures: string[] = [];
const failed = (error: { readonly line: string }) => void failures.push(error.line);

const urlOf = (site: SiteName) => dashboards.get(site)?.url ?? "";
const explaining = (site: SiteName, more: object = {}) => ({
  site: running[site].site,
  transceiver: sites.transceiverOf(site),
  store: join(folder, `${site}.db`),
  distillation: DISTILLATION,
  lookS: LOOK_S,
  learnS: LEARN_S,
  failed,
  ...more,
});
const shown = (site: SiteName, explanation$?: SiteExplainer["explanation$"]) =>
  createDashboard({
    site: running[site].site,
    transceiver: sites.transceiverOf(site),
    linkId: "emulated-link",
    node: `kme-${site}`,
    peerNode: "kme-other",
    store: join(folder, `${site}.db`),
    distillation: DISTILLATION,
    listen: { host: "127.0.0.1", port: 0 },
    ...(explanation$ === undefined ? {} : { explanation$ }),
    failed,
  });

/** Frames that were under way when something happened are in no block any more once so many have begun and ended. */
const BLOCKS_UNDER_WAY = 4;

/** The first explanation of a look that began after now, and after what is under way now had its end. */
async function lookAfterNow(site: SiteName): Promise<Explanation> {
  const { explanation$ } = explainers.get(site) ?? {};
  await firstValueFrom(running[site].site.blocks$.pipe(skip(BLOCKS_UNDER_WAY)));
  if (explanation$ === undefined) throw new Error(`${site} does not explain itself`);
  const sinceMs = Date.now() + 1000 * LOOK_S;
  return firstValueFrom(explanation$.pipe(filter(({ atMs, waiting }) => waiting === null && atMs > sinceMs)));
}

/** What a site says while something happens to its link; it is ended before the test goes on. */
async function during(site: SiteName, happening: Happening, ends: Happening): Promise<Explanation> {
  await sites.faults.apply(happening);
  const explanation = await lookAfterNow(site);
  await sites.faults.apply(ends);
  return explanation;
}

beforeAll(async () => {
  sites = await WholeSites.create({ drift: "none", seed: 21 });
  running = await sites.start();
  await Promise.all(SITES.map((site) => stocked(running[site])));
  for (const site of SITES) {
    const explainer = await explainSite(explaining(site));
    explainers.set(site, explainer);
    dashboards.set(site, await shown(site, explainer.explanation$));
  }
}, 60_000);
afterAll(async () => {
  for (const explainer of explainers.values()) await explainer.close();
  for (const dashboard of dashboards.values()) await dashboard.close();
  await sites?.dispose();
  rmSync(folder, { recursive: true });
}, 30_000);

describe("a running site", () => {
  it("first learns its link, and says how long that takes", async () => {
    await expect(runExplain(urlOf("bob"))).rejects.toMatchObject({
      code: "QKD_SITE_PENDING",
      message: expect.stringMatching(/learns its healthy link from the running one: \d+ s are left/),
      remedy: expect.stringMatching(/ask again in \d+ s/),
    });
  });

  it("finds a healthy link healthy, with what it compared it to, in the words of the other forms", async () => {
    const stream = await bufferedStream({ url: urlOf("bob") }, {});
    await lookAfterNow("bob");
    expect(await stream.until(/event: explanation\ndata: .*"waiting":null/)).toContain("runningLink");
    stream.close();
    const { text, code } = await runExplain(urlOf("bob"));
    expect(text).toMatch(/^ANSWER: the link is as it was built/);
    expect(text).toMatch(/\nNEXT: .*\n$/);
    expect(code).toBeUndefined();
    const { text: line } = await runExplain(urlOf("bob"), "--json");
    expect(line.trimEnd().split("\n")).toHaveLength(1);
    const said = JSON.parse(line);
    expect(said).toMatchObject({ answer: "healthy", baseline: { from: "runningLink" }, indicators: [] });
    for (const name of ["causes", "answer", "doubts", "pair", "noneOfThese", "changes", "next", "missing"])
      expect(said).toHaveProperty(name);
    expect(said.missing).not.toContain("signalGain");
  }, 30_000);

  it.each<[string, SiteName, Happening, Happening, readonly string[]]>([
    [
      "a bend",
      "bob",
      { event: "bend", lossDb: 2 },
      { event: "end", of: "bend" },
      ["sharedFibreLoss", "quantumPathLoss"],
    ],
    [
      "a modulator off its bias",
      "alice",
      { event: "modulatorOffset", volt: 1.5 },
      { event: "modulatorOffset", volt: 0 },
      ["modulatorBias"],
    ],
    [
      "a steady phase error",
      "bob",
      { event: "phaseError", radian: 0.35 },
      { event: "phaseError", radian: 0 },
      ["phaseOffset"],
    ],
  ])(
    "names %s first",
    async (_, site, happening, ends, causes) => {
      const { causes: named, answer } = await during(site, happening, ends);
      expect(causes).toContain(named[0]?.cause);
      expect(["not sure", ...causes]).toContain(answer);
      await lookAfterNow(site);
    },
    60_000,
  );

  it("calls an eavesdropper where its own indicators do", async () => {
    const eve: Happening = { event: "interceptResend", fraction: 0.4, basisBias: 1 };
    const { causes, indicators } = await during("bob", eve, { event: "end", of: "interceptResend" });
    expect(causes[0]?.cause).toBe("interceptResend");
    expect(indicators.map(({ name }) => name)).toContain("basisAsymmetry");
  }, 60_000);

  it("keeps what it learnt beside its store, and explains by it from the next start on", async () => {
    const kept = join(folder, "bob.db.baseline.json");
    expect(existsSync(kept)).toBe(true);
    expect(readFileSync(kept, "utf8")).not.toMatch(/planes|"bit"/);
    const again = await explainSite(explaining("bob"));
    const { waiting } = await firstValueFrom(again.explanation$);
    expect(waiting?.state).toBe("looking");
    await again.close();
  });

  it("compares itself with the baseline that is named, or says why it cannot", async () => {
    const kept = join(folder, "bob.db.baseline.json");
    const named = await explainSite(explaining("bob", { baseline: kept }));
    const { baseline } = await firstValueFrom(
      named.explanation$.pipe(filter(({ waiting }) => waiting === null)),
    );
    expect(baseline).toMatchObject({ path: kept, from: "file" });
    await named.close();
    const other = join(folder, "other.json");
    writeFileSync(other, readFileSync(kept, "utf8").replace(/"linkId": "../, '"linkId": "zz'));
    failures.length = 0;
    const refused = await explainSite(explaining("bob", { baseline: other }));
    const dashboard = await shown("bob", refused.explanation$);
    await expect(runExplain(dashboard.url ?? "")).rejects.toMatchObject({
      code: "QKD_SITE_PENDING",
      message: expect.stringMatching(/was learnt from another link/),
    });
    expect(failures).toEqual([expect.stringMatching(/^QKD_CONFIG_INVALID: .*another link/)]);
    await dashboard.close();
    await refused.close();
  }, 30_000);

  it("whose dashboard has nobody who explains says so", async () => {
    const silent = await shown("alice");
    await expect(runExplain(silent.url ?? "")).rejects.toMatchObject({
      code: "QKD_SITE_ANSWER",
      message: expect.stringMatching(/status 404: nothing explains this site's readings/),
    });
    await silent.close();
  });
});

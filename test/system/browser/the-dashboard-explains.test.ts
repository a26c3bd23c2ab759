import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { BehaviorSubject } from "rxjs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDashboard, type Dashboard, type Explanation } from "../../../controller/index.ts";
import { silentSite } from "../../integration/silent-site.ts";
import { describeWithChromium } from "./describe-with-chromium.ts";
import { axeFindings, picture } from "./shown-site.ts";

const LEARNING: Explanation = {
  atMs: Date.now(),
  answer: "not sure",
  causes: [],
  doubts: [],
  pair: null,
  noneOfThese: 0,
  changes: [],
  missing: [],
  next: "ask again",
  indicators: [],
  frames: null,
  baseline: null,
  waiting: {
    state: "learning",
    sentence: "the site learns its healthy link from the running one: 58 min are left",
    remedy: "ask again in 58 min",
    readyInS: 3480,
  },
};
const cause = (name: string, title: string, probability: number) => ({
  cause: name,
  title,
  probability,
  severity: "2.1 dB more loss",
  for: [{ observable: "signalGain", sigmas: 12.3, text: "gain of the signal pulses -37 %, 12.3 sigma" }],
  against: [{ observable: "laserDb", sigmas: 3.4, text: "laser power -0.1 dB, 3.4 sigma" }],
});
const EXPLAINED: Explanation = {
  ...LEARNING,
  answer: "sharedFibreLoss",
  causes: [
    cause("sharedFibreLoss", "more loss of the fibre", 0.93),
    cause("quantumPathLoss", "more loss of the quantum path alone", 0.05),
    cause("healthy", "the link is as it was built", 0.02),
  ],
  next: "OTDR from either end",
  baseline: { path: "healthy.json", learntUtc: "2026-01-02T03:04:05.000Z", from: "file" },
  waiting: null,
};

describeWithChromium("what explains a site, in a browser", (executablePath) => {
  const explanation$ = new BehaviorSubject(LEARNING);
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-explains-"));
  let dashboard: Dashboard;
  let browser: Browser;

  const open = async (query: string, viewport: { width: number; height: number }): Promise<Page> => {
    const page = await browser.newPage({ viewport, reducedMotion: "reduce" });
    await page.goto(`${dashboard.url}/?${query}`);
    await page.locator("[data-answer]").waitFor();
    return page;
  };

  beforeAll(async () => {
    dashboard = await createDashboard({
      ...silentSite(join(folder, "keys.db")),
      listen: { host: "127.0.0.1", port: 0 },
      explanation$,
    });
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    await dashboard?.close();
    rmSync(folder, { recursive: true });
  });

  it("is how long the site still learns, and then the three likeliest causes with their evidence", async () => {
    const page = await open("", { width: 1440, height: 900 });
    const card = page.getByRole("region", { name: "Explain" });
    await card.getByText("The site learns its healthy link from the running one: 58 min are left.").waitFor();
    await picture(page, "explain-learning");
    explanation$.next(EXPLAINED);
    await card.getByText("more loss of the fibre").waitFor();
    expect(await card.locator("li").count()).toBe(3);
    expect(await card.innerText()).toMatch(/OTDR from either end[\s\S]*baseline of 2026-01-02T03:04Z/);
    await card.getByRole("img", { name: "12.3 sigma for" }).first().waitFor();
    await card.getByRole("img", { name: "3.4 sigma against" }).first().waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture(page, "explain-desk");
    await page.close();
  });

  it("fits the wall without scrolling, and the phone", async () => {
    for (const explanation of [LEARNING, EXPLAINED]) {
      explanation$.next(explanation);
      const wall = await open("view=wall", { width: 1920, height: 1080 });
      await wall.getByRole("region", { name: "Explain" }).waitFor();
      expect(
        await wall.evaluate("[document.body.scrollHeight, document.documentElement.scrollWidth]"),
      ).toEqual([1080, 1920]);
      await wall.close();
      const phone = await open("", { width: 360, height: 740 });
      expect(await phone.evaluate("document.documentElement.scrollWidth")).toBe(360);
      await phone.close();
    }
  });
});

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KeyTraffic } from "../../chain/key-traffic.ts";
import { describeWithChromium } from "./describe-with-chromium.ts";
import { axeFindings, picture, type ShownSites, startShownSites } from "./shown-site.ts";

/** How soon after an event of the controller the page shows it. */
const SOON_MS = 2000;
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };
const WALL = { width: 1920, height: 1080 };

describeWithChromium("the dashboard in a browser", (chromium) => {
  let shown: ShownSites;
  let traffic: KeyTraffic;
  const wrong: string[] = [];

  const open = async (site: "alice" | "bob", query = "", viewport = DESK): Promise<Page> => {
    const page = await shown.browser.newPage({ viewport, reducedMotion: "reduce" });
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") wrong.push(message.text());
    });
    const address = new URL(await shown.address(site));
    address.search = query;
    await page.goto(address.href);
    await page.locator("[data-answer]").waitFor();
    return page;
  };
  /** The next event of that kind at Alice's site, from now on. */
  const event = (type: string, fields: Readonly<Record<string, unknown>> = {}) => {
    const sinceMs = Date.now();
    return shown.sites
      .site("alice")
      .line(
        (line) =>
          line.type === type &&
          Number(line.atMs) >= sinceMs &&
          Object.entries(fields).every(([k, v]) => line[k] === v),
      );
  };
  const soon = (page: Page, selector: string) => page.locator(selector).first().waitFor({ timeout: SOON_MS });

  beforeAll(async () => {
    shown = await startShownSites(chromium);
    await shown.sites.site("alice").line((line) => line.type === "keysAdded" && line.origin === "qkd");
    traffic = new KeyTraffic(shown.sites, true);
    while (traffic.keys.length < 40) await new Promise((resolve) => setTimeout(resolve, 100));
  }, 90_000);
  afterAll(async () => {
    await traffic?.stop();
    await shown?.close();
  }, 60_000);

  it("shows that keys flow, and by which address it was opened no more", async () => {
    const page = await open("alice");
    await page.locator('.ans.is-ok [data-answer="quantum"]').waitFor();
    expect(new URL(page.url()).hash).toBe("");
    expect(await page.title()).toMatch(/^Operating: Quantum keys, demo-link at kme-alice$/);
    await page.locator(".am >> text=0 present").waitFor();
    await picture(page, "desk-operating");
    await page.close();
  });

  it("shows a cut, the fallback and the recovery within two seconds of each event, by its own buttons", async () => {
    const page = await open("alice");
    const cut = event("linkDegraded", { reason: "linkDown" });
    const engaged = event("fallbackEngaged");
    await page.locator('[data-action="cut"]').click();
    await cut;
    await soon(page, '.ans.is-bad [data-answer="quantum"]');
    await soon(page, '[data-alarm="site.linkDown"] >> text=present');
    await engaged;
    await soon(page, '.ans.is-bad [data-answer="post-quantum"]');
    await soon(page, '[data-alarm="site.fallbackEngaged"] >> text=present');
    await soon(page, ".ev >> text=Fallback engaged");
    await picture(page, "desk-fallback");
    const cleared = event("fallbackCleared");
    const restored = event("linkRestored");
    await page.locator('[data-action="repair"]').click();
    await Promise.all([cleared, restored]);
    await soon(page, '.ans:not(.is-bad) [data-answer="quantum"]');
    await soon(page, '[data-alarm="site.linkDown"] >> text=since reset');
    await page.close();
  });

  it("acknowledges and forgets alarms", async () => {
    const page = await open("alice");
    const row = page.locator('[data-alarm="site.linkDown"]');
    await row.getByRole("button", { name: "Ack linkDown" }).click();
    await row.getByText("ack’d").waitFor();
    await page.getByRole("button", { name: "Reset memory" }).click();
    await row.waitFor({ state: "detached" });
    await page.close();
  });

  it.each(["light", "dark"])(
    "has nothing that axe finds fault with, in %s colours, for the desk and the phone",
    async (colours) => {
      for (const viewport of [DESK, PHONE]) {
        const page = await open("bob", `colours=${colours}`, viewport);
        await page.locator("details summary").first().click();
        expect(await axeFindings(page)).toEqual([]);
        await picture(page, `${viewport === PHONE ? "phone" : "desk"}-${colours}`);
        await page.close();
      }
    },
  );

  it("fits from a phone to a wall, which needs no scrolling and has no controls", async () => {
    const phone = await open("bob", "", PHONE);
    expect(await phone.evaluate("document.documentElement.scrollWidth")).toBe(PHONE.width);
    await phone.close();
    const wall = await open("bob", "view=wall", WALL);
    expect(await wall.evaluate("[document.body.scrollHeight, document.documentElement.scrollWidth]")).toEqual(
      [1080, 1920],
    );
    expect(
      await wall
        .locator("button:visible")
        .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().right > 0).length),
    ).toBe(0);
    expect(await axeFindings(wall)).toEqual([]);
    await picture(wall, "wall", false);
    await wall.close();
  });

  it("is read by the keyboard: arrow keys move a chart's reading line, a table lies behind it", async () => {
    const page = await open("bob");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to alarms");
    const chart = page.getByRole("slider", { name: /^Loss against built/ });
    await chart.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    expect(await chart.getAttribute("aria-valuenow")).toBe("1");
    const told = async () => {
      await page.keyboard.press("End");
      return chart.getAttribute("aria-valuetext");
    };
    await expect.poll(told, { timeout: 20_000 }).toMatch(/^\d\d:\d\d:\d\d, now [\d.]+\u202fdB$/);
    await page.locator("figure", { hasText: "Loss against built" }).locator("summary").click();
    expect(
      await page.locator("figure", { hasText: "Loss against built" }).locator("tbody tr").count(),
    ).toBeGreaterThan(2);
    await page.close();
  });

  it("shows what is old as old, and goes on by itself when the site is back", async () => {
    const page = await open("bob");
    await shown.sites.site("bob").kill();
    await page.locator(".ans.is-unk").waitFor({ timeout: 10_000 });
    await page.locator("header >> text=stale").waitFor();
    expect(
      await page
        .locator(".st.ok")
        .filter({ hasText: /operating|as built|online|live/ })
        .count(),
    ).toBe(0);
    await picture(page, "desk-stale");
    wrong.length = 0;
    await shown.sites.launch("bob");
    await page.locator("header >> text=live").waitFor({ timeout: 20_000 });
    await page.locator('.ans:not(.is-unk) [data-answer="quantum"]').waitFor({ timeout: 30_000 });
    wrong.length = 0;
    await page.close();
  });

  it("said nothing on the console of the browser, and kept to its policy", () => {
    expect(wrong).toEqual([]);
  });
});

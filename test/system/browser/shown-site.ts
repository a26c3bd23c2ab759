import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { freePort } from "../../chain/free-port.ts";
import { TwoSites } from "../../chain/two-sites.ts";

/** Where pictures of the page are left for people to look at. */
const PICTURES = fileURLToPath(new URL("../../../.qkdlink/pictures/", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Some ten seconds of what the test's applications take. */
const CAPPED_BITS = 196_608;

/** Sites whose dashboards a browser looks at. */
export interface ShownSites {
  readonly sites: TwoSites;
  readonly browser: Browser;
  /** Address of the dashboard of a site, with its token. */
  readonly address: (site: "alice" | "bob") => Promise<string>;
  close(): Promise<void>;
}

/** Starts an emulated link, both sites with a capped stock and dashboards, and a browser. */
export async function startShownSites(executablePath: string): Promise<ShownSites> {
  const [control, ...ports] = await Promise.all([freePort(), freePort(), freePort()]);
  let next = 0;
  const sites = await TwoSites.start(
    (config) => {
      Object.assign(config, {
        policy: { rekeyIntervalMs: 10_000, linkUpAfterMs: 1000, fallbackClearAfterMs: 500 },
        dashboard: { listen: `http://127.0.0.1:${ports[next]}`, emulator: `tcp://127.0.0.1:${control}` },
      });
      Object.assign(config.store ?? {}, { capacityBits: CAPPED_BITS });
      next += 1;
    },
    { control: `tcp://127.0.0.1:${control}` },
  );
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  return {
    sites,
    browser,
    address: async (site) => String((await sites.site(site).line((line) => line.type === "ready")).dashboard),
    close: async () => {
      await browser.close();
      await sites.stop();
      sites.remove();
    },
  };
}

/** Everything wrong that axe finds on a page, one line each; the page's policy forbids scripts of others, so it comes by the debugger. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    type Result = { violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[] };
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<Result> } };
    return (await axe.run()).violations;
  });
  return found.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary?.split("\n")[1]?.trim()}`,
    ),
  );
}

/** Leaves a picture of the page for people to look at. */
export async function picture(page: Page, name: string, fullPage = true): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.evaluate("scrollTo(0, 0)");
  await page.screenshot({ path: `${PICTURES}${name}.png`, fullPage });
}

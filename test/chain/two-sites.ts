import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDemoState, DEMO_SAE, type DemoLink, KeyClient, writeSiteConfig } from "../../cli/index.ts";
import { type EmulatedLink, type EmulatedLinkOptions, startEmulatedLink } from "../../emulator/index.ts";
import { freePort } from "./free-port.ts";
import { SiteProcess } from "./site-process.ts";

export type SiteName = "alice" | "bob";

/** A small, quick link: a quarter of the clock, so that tests leave the machine some air. */
const LINK: DemoLink = {
  preset: "yuan2018",
  lossDb: 8,
  clockHz: 2.5e8,
  blockBits: 1e6,
  detectionsPerFrame: 2 ** 17,
  seed: null,
};

/** An emulated link with a controller process at each site, in a folder of its own. */
export class TwoSites {
  readonly root: string;
  readonly emulator: EmulatedLink;
  readonly running = new Map<SiteName, SiteProcess>();
  /** Everything that any process ever printed. */
  readonly processes: SiteProcess[] = [];
  readonly #configs: Record<SiteName, string>;
  readonly #ports: Record<SiteName, number>;

  private constructor(
    root: string,
    emulator: EmulatedLink,
    configs: Record<SiteName, string>,
    ports: Record<SiteName, number>,
  ) {
    this.root = root;
    this.emulator = emulator;
    this.#configs = configs;
    this.#ports = ports;
  }

  /** `change` edits each site's configuration before the start. */
  static async start(
    change: (config: Record<string, object>) => void = () => {},
    emulation: Partial<EmulatedLinkOptions> = {},
  ): Promise<TwoSites> {
    const root = await createDemoState(mkdtempSync(join(tmpdir(), "qkdlink-chain-")));
    const emulator = await startEmulatedLink({
      preset: LINK.preset,
      lossDb: LINK.lossDb,
      clockHz: LINK.clockHz,
      listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
      ...emulation,
    });
    const [peer, alicePort, bobPort] = await Promise.all([freePort(), freePort(), freePort()]);
    const ports = { alice: alicePort, bob: bobPort };
    const write = (site: SiteName, channel: { listen: string } | { connect: string }) => {
      const unit = { address: emulator.addresses[site].tcp ?? "" };
      const path = writeSiteConfig(root, site, LINK, unit, channel, `https://127.0.0.1:${ports[site]}`);
      const config = JSON.parse(readFileSync(path, "utf8"));
      change(config);
      writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
      return path;
    };
    const configs = {
      alice: write("alice", { listen: `tls://127.0.0.1:${peer}` }),
      bob: write("bob", { connect: `tls://127.0.0.1:${peer}` }),
    };
    const sites = new TwoSites(root, emulator, configs, ports);
    await Promise.all([sites.launch("alice"), sites.launch("bob")]);
    return sites;
  }

  /** Starts a site and waits until it is ready. */
  async launch(site: SiteName): Promise<SiteProcess> {
    const process = new SiteProcess(this.#configs[site]);
    this.processes.push(process);
    this.running.set(site, process);
    await process.line((line) => line.type === "ready");
    return process;
  }

  site(name: SiteName): SiteProcess {
    const site = this.running.get(name);
    if (site === undefined) throw new Error(`${name} does not run`);
    return site;
  }

  /** Where a site delivers keys. */
  url(site: SiteName): string {
    return `https://127.0.0.1:${this.#ports[site]}`;
  }

  /** Key delivery client of the application at a site. */
  client(site: SiteName, identity: string = DEMO_SAE[site]): KeyClient {
    const file = (name: string) => join(this.root, name);
    return new KeyClient({
      url: this.url(site),
      cert: file(`${identity}.pem`),
      key: file(`${identity}.key`),
      ca: file("ca.pem"),
      timeoutMs: 5000,
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((site) => site.stop()));
    await this.emulator.stop();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

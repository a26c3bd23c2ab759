import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevelopmentAuthority } from "../../../cli/index.ts";
import {
  type CommissionNews,
  type CommissionOptions,
  commission,
  type Hands,
  type LinkPlan,
  type SiteCredentials,
} from "../../../commissioning/index.ts";
import {
  type EmulatedLink,
  type EmulatedLinkOptions,
  type Happening,
  startEmulatedLink,
} from "../../../emulator/index.ts";
import type { Report } from "../../../report/index.ts";

/** The plan of the scenario quiet-metro. */
export const QUIET_PLAN: LinkPlan = {
  name: "quiet-metro",
  preset: "yuan2018",
  sites: { alice: "Northgate", bob: "Harbour" },
  operator: { name: "Operator 14" },
  fibre: {
    spans: [{ name: "Span 1", lengthKm: 22, dbPerKm: 0.2 }],
    connectors: [
      { name: "Panel A", lossDb: 0.3 },
      { name: "Panel B", lossDb: 0.3 },
    ],
  },
};

/** What a run of the rig came to. */
export interface RigRun {
  readonly report: Report | undefined;
  readonly error: unknown;
  readonly news: readonly CommissionNews[];
  /** Number of the first step that failed, with what it says to do. */
  readonly firstFailed: { readonly number: number; readonly remedy: string | null } | undefined;
}

/** How a run is changed. */
export interface RigChange {
  readonly options?: Partial<CommissionOptions>;
  /** Happens to the link right before a step. */
  readonly before?: Readonly<Record<number, readonly Happening[]>>;
  /** Stops the run at the first step that fails. */
  readonly untilFailed?: boolean;
  /** Stops the run when this step is done. */
  readonly until?: number;
  /** Launch power of a channel, dBm, from a step on; before, and for the others, what the scenario says. */
  readonly launched?: { readonly from: number; readonly channel: string; readonly dbm: number };
  /** Called with everything told; may stop the run. */
  readonly watch?: (news: CommissionNews, stop: () => void) => void | Promise<void>;
}

/** An emulated link with commissioning beside it, in one process, at the speed of the machine. */
export class CommissioningRig {
  readonly link: EmulatedLink;
  readonly folder: string;
  readonly #credentials: () => Promise<SiteCredentials>;
  /** Launch powers that are not those of the scenario, dBm. */
  #launchDbm: Readonly<Record<string, number>> = {};

  private constructor(link: EmulatedLink, folder: string, credentials: () => Promise<SiteCredentials>) {
    this.link = link;
    this.folder = folder;
    this.#credentials = credentials;
  }

  static async start(options: EmulatedLinkOptions = { scenario: "quiet-metro" }): Promise<CommissioningRig> {
    const link = await startEmulatedLink({ speed: "max", ...options });
    return new CommissioningRig(link, mkdtempSync(join(tmpdir(), "qkdlink-rig-")), async () => {
      const authority = await DevelopmentAuthority.create("rig");
      const of = async (name: string) => ({
        ...(await authority.issue(name, ["127.0.0.1"])),
        authority: authority.certificate,
      });
      return { alice: await of("rig-alice"), bob: await of("rig-bob") };
    });
  }

  async stop(): Promise<void> {
    await this.link.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  out(name = "report"): string {
    return join(this.folder, name);
  }

  /** Hands that reach the emulated fibre and its channels. */
  hands(channels: readonly string[] = []): Hands {
    const { faults } = this.link;
    const light = async (lit: readonly string[]) => {
      for (const channel of channels) await faults.apply({ event: "darken", channel }).catch(() => {});
      for (const channel of lit) {
        const launchDbm = this.#launchDbm[channel];
        await faults.apply({ event: "light", channel, ...(launchDbm === undefined ? {} : { launchDbm }) });
      }
    };
    return {
      async do(act) {
        if (act.act === "fibreOut") await faults.cut();
        else if (act.act === "fibreIn") await faults.repair();
        else if (act.act === "channelsOff") await light([]);
        else if (act.act === "channelAlone") await light([act.channel]);
        else await light(channels);
        return true;
      },
    };
  }

  async run(change: RigChange = {}): Promise<RigRun> {
    const stop = new AbortController();
    const news: CommissionNews[] = [];
    const { alice, bob } = this.link.addresses;
    const options: CommissionOptions = {
      alice: alice.tcp ?? "",
      bob: bob.tcp ?? "",
      aliceTelemetry: alice.modbusTcp ?? "",
      bobTelemetry: bob.modbusTcp ?? "",
      out: this.out(),
      plan: QUIET_PLAN,
      language: "en",
      hands: this.hands((change.options?.plan?.channels ?? []).map(({ name }) => name)),
      skip: [],
      repeat: [],
      soakS: 20,
      signing: {},
      credentials: this.#credentials,
      version: "0.0.0",
      signal: stop.signal,
      tell: async (told) => {
        news.push(told);
        if (told.type === "step" && told.number === change.launched?.from)
          this.#launchDbm = { [change.launched.channel]: change.launched.dbm };
        if (told.type === "step")
          for (const happening of change.before?.[told.number] ?? []) await this.link.faults.apply(happening);
        if (change.untilFailed && told.type === "done" && told.verdict === "fail") stop.abort();
        if (told.type === "done" && told.number === change.until) stop.abort();
        await change.watch?.(told, () => stop.abort());
      },
      ...change.options,
    };
    let report: Report | undefined;
    let error: unknown;
    try {
      report = await commission(options);
    } catch (thrown) {
      error = thrown;
    }
    const failed = news.find((one) => one.type === "done" && one.verdict === "fail");
    return {
      report,
      error,
      news,
      firstFailed: failed?.type === "done" ? { number: failed.number, remedy: failed.remedy } : undefined,
    };
  }
}

import { interval, type Subscription } from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import { checkOptions } from "../../options/index.ts";
import { DASHBOARD_RULES, type DashboardOptions } from "./dashboard-options.ts";
import { Access } from "./http/access.ts";
import { type DashboardServer, listenDashboard } from "./http/dashboard-server.ts";
import { EmulatorPort } from "./http/emulator-port.ts";
import { EventStreams } from "./http/event-streams.ts";
import { readPages } from "./http/pages.ts";
import { SiteMetrics } from "./metrics/site-metrics.ts";
import { SiteWatch } from "./watch/site-watch.ts";

/** A dashboard that is served, or that tries to be. */
export interface Dashboard {
  /** Null while it cannot listen. */
  readonly url: string | null;
  /** 256 bits as text: who shows it may look from elsewhere, and act. */
  readonly token: string;
  /** Stops serving and writes what was counted. Idempotent. */
  close(): Promise<void>;
}

const LISTEN_AGAIN_MS = 5000;

/**
 * Watches a site and serves what it sees: JSON, a stream of events, metrics, a page. A dashboard that cannot listen tells
 * so once, tries on, and leaves the site alone. Rejects with ConfigError for impossible options.
 */
export async function createDashboard(options: DashboardOptions): Promise<Dashboard> {
  checkOptions("the options of createDashboard", options, DASHBOARD_RULES);
  const { listen, emulatorControl, distillation, site, failed } = options;
  const lossDb = distillation.link.channelLossDb;
  const emulator = emulatorControl === undefined ? null : new EmulatorPort(emulatorControl, lossDb);
  const watch = await SiteWatch.begin(
    { ...options, emulated: emulator !== null || options.emulated === true },
    emulator === null ? [] : ["cut", "neighbour", "eve", "repair"],
  );
  const streams = new EventStreams(watch.feed$);
  const metrics = new SiteMetrics({
    linkId: options.linkId,
    live: () => watch.live(),
    usage: () => site.delivery?.usage ?? null,
    streams: () => streams.counts,
  });
  const counted: Subscription[] = [
    site.blocks$.subscribe(({ aborted, secretBits }) =>
      metrics.blockEnded(aborted === null ? secretBits : 0),
    ),
    interval(1000).subscribe(() => {
      const { engaged, reason } = watch.live().health.fallback;
      if (engaged) metrics.fallbackSecond(reason ?? "unknown");
    }),
  ];
  const access = new Access();
  const secure = listen.tls !== undefined;
  const parts = { watch, streams, metrics, access, pages: readPages(), emulator, secure };
  let server: DashboardServer | null = null;
  let again: NodeJS.Timeout | null = null;
  let told = false;
  let closing: Promise<void> | null = null;
  const tryToListen = async (): Promise<void> => {
    again = null;
    try {
      const listening = await listenDashboard(listen, parts);
      if (closing !== null) await listening.close();
      else server = listening;
    } catch (error) {
      if (!told) failed(error as QkdError);
      told = true;
      if (closing === null) again = setTimeout(() => void tryToListen(), LISTEN_AGAIN_MS).unref();
    }
  };
  await tryToListen();
  const close = async (): Promise<void> => {
    if (again !== null) clearTimeout(again);
    for (const subscription of counted) subscription.unsubscribe();
    streams.close();
    await server?.close();
    metrics.close();
    await watch.close();
  };
  return {
    get url() {
      return server?.url ?? null;
    },
    token: access.token,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

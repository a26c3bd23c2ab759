import { interval, type Subscription, timer } from "rxjs";
import { ConfigError, type QkdError } from "../../errors/index.ts";

import { Access } from "./http/access.ts";
import { ClientTrust } from "./http/client-trust.ts";
import { type DashboardServer, listenDashboard } from "./http/dashboard-server.ts";
import { checkDashboardTls, type DashboardTls } from "./http/dashboard-tls.ts";
import type { EmulatorPort } from "./http/emulator-port.ts";
import { EventStreams } from "./http/event-streams.ts";
import { readPages } from "./http/pages.ts";
import { type MetricSources, SiteMetrics } from "./metrics/site-metrics.ts";
import { StoreReading } from "./metrics/store-reading.ts";
import type { DashboardPlace, OutletsOptions } from "./outlets-options.ts";
import type { SiteWatch } from "./watch/site-watch.ts";

/** A dashboard that is served, or that tries to be. */
export interface Dashboard {
  /** Null while it cannot listen. */
  readonly url: string | null;
  /** 256 bits as text: who shows it may look from elsewhere, and act. */
  readonly token: string;
  /**
   * Later handshakes use these certificates; connections stay, and each request on them is judged by what holds then. A
   * stream of somebody who may not look any more ends. ConfigError, and nothing changed, for certificates that cannot be
   * used, and for a dashboard without TLS.
   */
  renew(tls: DashboardTls): void;
  /** Stops serving and writes what was counted. Idempotent. */
  close(): Promise<void>;
}

const LISTEN_AGAIN_MS = 5000;
/** A stream makes no requests: how often it is asked whether its reader may still look. */
const JUDGE_EVERY_MS = 10_000;

/** What a dashboard shows, and where. */
export interface ServedDashboard {
  readonly place: DashboardPlace;
  readonly emulator: EmulatorPort | null;
  readonly watch: SiteWatch;
  readonly site: OutletsOptions["site"];
  readonly linkId: string;
  readonly collectors: MetricSources["collectors"];
  readonly failed: (error: QkdError) => void;
}

/**
 * Serves what a watch sees: JSON, a stream of events, metrics, a page. One that cannot listen tells so once, tries on,
 * and leaves the site alone. ConfigError for certificates that cannot be used.
 */
export async function serveDashboard(served: ServedDashboard): Promise<Dashboard> {
  const { place, emulator, watch, site, failed } = served;
  const { listen } = place;
  let { tls } = listen;
  if (tls !== undefined) checkDashboardTls(tls);
  const clients = new ClientTrust(tls, Date.now);
  const access = new Access(clients);
  const streams = new EventStreams(watch.feed$);
  const store = new StoreReading(() => site.storeFigures());
  const metrics = new SiteMetrics({
    linkId: served.linkId,
    live: () => watch.live(),
    usage: () => site.delivery?.usage ?? null,
    streams: () => streams.counts,
    store: () => store.figures,
    collectors: served.collectors,
  });
  const counted: Subscription[] = [
    timer(0, 1000).subscribe(() => void store.look()),
    site.blocks$.subscribe(({ aborted, secretBits }) =>
      metrics.blockEnded(aborted === null ? secretBits : 0),
    ),
    interval(1000).subscribe(() => {
      const { engaged, reason } = watch.live().health.fallback;
      if (engaged) metrics.fallbackSecond(reason ?? "unknown");
    }),
    interval(JUDGE_EVERY_MS).subscribe(() => streams.judge((request) => access.mayLook(request))),
  ];
  const parts = { watch, streams, metrics, access, pages: readPages(), emulator, secure: tls !== undefined };
  let server: DashboardServer | null = null;
  let again: NodeJS.Timeout | null = null;
  let told = false;
  let closing: Promise<void> | null = null;
  const tryToListen = async (): Promise<void> => {
    again = null;
    try {
      const listening = await listenDashboard(
        { ...listen, ...(tls === undefined ? {} : { tls }) },
        clients,
        parts,
      );
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
  };
  return {
    get url() {
      return server?.url ?? null;
    },
    token: access.token,
    renew: (renewed) => {
      if (tls === undefined)
        throw new ConfigError("QKD_CONFIG_INVALID", "this dashboard has no certificates to renew", {
          remedy: "use https:// in dashboard.listen, and start the site anew",
        });
      checkDashboardTls(renewed);
      server?.renew(renewed);
      clients.renew(renewed);
      tls = renewed;
      streams.judge((request) => access.mayLook(request));
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

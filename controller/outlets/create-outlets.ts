import { checkOptions } from "../../options/index.ts";
import { type BusOptions, checkBus } from "./bus/bus-options.ts";
import type { EventBus } from "./bus/event-bus.ts";
import { AlarmCollectors } from "./collectors/alarm-collectors.ts";
import { type AlarmOptions, checkAlarms } from "./collectors/alarm-options.ts";
import type { CollectorNews } from "./collectors/collector-connection.ts";
import { type Dashboard, serveDashboard } from "./dashboard.ts";
import { checkDashboardTls, type DashboardTls } from "./http/dashboard-tls.ts";
import { EmulatorPort } from "./http/emulator-port.ts";
import {
  DASHBOARD_RULES,
  type DashboardOptions,
  OUTLETS_RULES,
  type OutletsOptions,
} from "./outlets-options.ts";
import { SiteWatch } from "./watch/site-watch.ts";
import type { WatchOptions } from "./watch/watch-options.ts";

/** What an outlet takes over while it runs. */
export interface OutletsTrust {
  readonly dashboard?: DashboardTls;
  readonly alarms?: AlarmOptions;
  readonly nats?: BusOptions;
}

/** A site that is shown, and whose alarms and events are told. */
export interface Outlets {
  /** Null where none is wanted. */
  readonly dashboard: Dashboard | null;
  /** Certificates and secrets from now on. ConfigError, and nothing changed, for what cannot be used. */
  renew(trust: OutletsTrust): void;
  /** Tells what is still to be told, stops serving, writes what was counted. Idempotent. */
  close(): Promise<void>;
}

/**
 * Watches a site once, serves what is seen on a dashboard, tells its alarms to collectors of syslog and SNMP, and its events
 * to NATS. Nothing of it holds the site up. Rejects with ConfigError for impossible options, with KeyStoreError where the
 * outbox of events cannot be opened.
 */
export async function createOutlets(options: OutletsOptions): Promise<Outlets> {
  checkOptions("the options of createOutlets", options, OUTLETS_RULES);
  const { dashboard: place, alarms, nats, linkId, node, site, failed, told = () => {} } = options;
  if (alarms !== undefined) checkAlarms(alarms);
  if (nats !== undefined) checkBus(nats);
  if (place?.listen.tls !== undefined) checkDashboardTls(place.listen.tls);
  const { watch, emulator } = await watched(options, place?.emulatorControl);
  const { alarmChanges$: changes$ } = watch;
  const present = watch.live().alarms.alarms.filter(({ state }) => state === "present");
  const source = { linkId, node, changes$, present, now: Date.now };
  const collectors = alarms === undefined ? null : new AlarmCollectors(alarms, source, told);
  const bus = nats === undefined ? null : await busOf(nats, options, watch, told);
  const dashboard =
    place === undefined
      ? null
      : await serveDashboard({
          place,
          emulator,
          watch,
          site,
          linkId,
          collectors: () => [...(collectors?.counts ?? []), ...(bus === null ? [] : [bus.counts])],
          failed,
        });
  const close = async (): Promise<void> => {
    await Promise.all([dashboard?.close(), collectors?.close(), bus?.close()]);
    await watch.close();
  };
  let closing: Promise<void> | null = null;
  return {
    dashboard,
    renew: (trust) => {
      if (trust.alarms !== undefined) checkAlarms(trust.alarms);
      if (trust.nats !== undefined) checkBus(trust.nats);
      if (trust.dashboard !== undefined) dashboard?.renew(trust.dashboard);
      if (trust.alarms !== undefined) collectors?.renew(trust.alarms);
      if (trust.nats !== undefined) bus?.renew(trust.nats);
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/**
 * Watches a site and serves what it sees: JSON, a stream of events, metrics, a page. A dashboard that cannot listen tells
 * so once, tries on, and leaves the site alone. Rejects with ConfigError for impossible options.
 */
export async function createDashboard(options: DashboardOptions): Promise<Dashboard> {
  checkOptions("the options of createDashboard", options, DASHBOARD_RULES);
  const { listen, site, linkId, failed } = options;
  if (listen.tls !== undefined) checkDashboardTls(listen.tls);
  const { watch, emulator } = await watched(options, options.emulatorControl);
  const served = { place: { listen }, emulator, watch, site, linkId, collectors: () => [], failed };
  const dashboard = await serveDashboard(served);
  return {
    get url() {
      return dashboard.url;
    },
    token: dashboard.token,
    renew: (tls) => dashboard.renew(tls),
    close: async () => {
      await dashboard.close();
      await watch.close();
    },
  };
}

/** The bus of a site; its watch ends with it where the outbox cannot be opened. */
async function busOf(
  nats: BusOptions,
  { linkId, node, peerNode, store, site, failed }: OutletsOptions,
  watch: SiteWatch,
  told: (news: CollectorNews) => void,
): Promise<EventBus> {
  const { alarmChanges$ } = watch;
  const source = { linkId, node, peerNode, store, events$: site.events$, alarmChanges$, failed };
  // Its outbox needs SQLite, which an older Node.js has not: that is said in a sentence by the time it is asked for.
  const { EventBus } = await import("./bus/event-bus.ts");
  try {
    return new EventBus(nats, { ...source, live: () => watch.live() }, told);
  } catch (error) {
    await watch.close();
    throw error;
  }
}

/** The watch of a site, and the way to play with its link where that is emulated. */
async function watched(options: WatchOptions, control: string | undefined) {
  const lossDb = options.distillation.link.channelLossDb;
  const emulator = control === undefined ? null : new EmulatorPort(control, lossDb);
  const watch = await SiteWatch.begin(
    { ...options, emulated: emulator !== null || options.emulated === true },
    emulator === null ? [] : ["cut", "neighbour", "eve", "repair"],
  );
  return { watch, emulator };
}

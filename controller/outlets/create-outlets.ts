import { checkOptions } from "../../options/index.ts";
import { AlarmCollectors } from "./collectors/alarm-collectors.ts";
import { type AlarmOptions, checkAlarms } from "./collectors/alarm-options.ts";
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
}

/** A site that is shown, and whose alarms are told. */
export interface Outlets {
  /** Null where none is wanted. */
  readonly dashboard: Dashboard | null;
  /** Certificates and secrets from now on. ConfigError, and nothing changed, for what cannot be used. */
  renew(trust: OutletsTrust): void;
  /** Tells what is still to be told, stops serving, writes what was counted. Idempotent. */
  close(): Promise<void>;
}

/**
 * Watches a site once, serves what is seen on a dashboard, and tells its alarms to collectors of syslog and SNMP. Nothing
 * of it holds the site up. Rejects with ConfigError for impossible options.
 */
export async function createOutlets(options: OutletsOptions): Promise<Outlets> {
  checkOptions("the options of createOutlets", options, OUTLETS_RULES);
  const { dashboard: place, alarms, linkId, node, site, failed, told = () => {} } = options;
  if (alarms !== undefined) checkAlarms(alarms);
  if (place?.listen.tls !== undefined) checkDashboardTls(place.listen.tls);
  const { watch, emulator } = await watched(options, place?.emulatorControl);
  const { alarmChanges$: changes$ } = watch;
  const present = watch.live().alarms.alarms.filter(({ state }) => state === "present");
  const source = { linkId, node, changes$, present, now: Date.now };
  const collectors = alarms === undefined ? null : new AlarmCollectors(alarms, source, told);
  const dashboard =
    place === undefined
      ? null
      : await serveDashboard({
          place,
          emulator,
          watch,
          site,
          linkId,
          collectors: () => collectors?.counts ?? [],
          failed,
        });
  const close = async (): Promise<void> => {
    await Promise.all([dashboard?.close(), collectors?.close()]);
    await watch.close();
  };
  let closing: Promise<void> | null = null;
  return {
    dashboard,
    renew: (trust) => {
      if (trust.alarms !== undefined) checkAlarms(trust.alarms);
      if (trust.dashboard !== undefined) dashboard?.renew(trust.dashboard);
      if (trust.alarms !== undefined) collectors?.renew(trust.alarms);
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

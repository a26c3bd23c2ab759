import { maybe, type RulesOf, rule } from "../../options/index.ts";
import { FALLBACK_RULE } from "../policy/fallback/fallback-rules.ts";
import { HEALTH_RULE } from "../policy/health/health-rules.ts";
import { type DistillationSettings, SETTINGS_RULES } from "../sources/distillation/index.ts";
import type { BuiltElement } from "./api/index.ts";
import { BUS_RULES, type BusOptions } from "./bus/bus-options.ts";
import { ALARM_RULES, type AlarmOptions } from "./collectors/alarm-options.ts";
import type { CollectorNews } from "./collectors/collector-connection.ts";
import type { DashboardAddress } from "./http/dashboard-server.ts";
import type { DashboardTls } from "./http/dashboard-tls.ts";
import type { WatchOptions } from "./watch/watch-options.ts";

/** Where a dashboard is served. */
export interface DashboardPlace {
  readonly listen: DashboardAddress;
  /** Control port of the emulator, `tcp://HOST:PORT`; the page then offers to play with the link. */
  readonly emulatorControl?: string;
}

/** How a site is shown. */
export interface DashboardOptions extends WatchOptions, DashboardPlace {}

/** How a site is shown, and to whom its alarms and events are told. */
export interface OutletsOptions extends WatchOptions {
  /** Without it no dashboard is served. */
  readonly dashboard?: DashboardPlace;
  readonly alarms?: AlarmOptions;
  readonly nats?: BusOptions;
  /** Told of collectors that are lost and reached. */
  readonly told?: (news: CollectorNews) => void;
}

const PEM = rule.anyText("PEM text");
const TLS_RULES: RulesOf<DashboardTls> = { cert: PEM, key: PEM, ca: maybe(PEM), crl: maybe(PEM) };
const ELEMENT_RULES: RulesOf<BuiltElement> = {
  kind: rule.choice("mux", "connector", "span", "splice"),
  name: rule.text(),
  detail: rule.either(rule.text(), rule.nothing),
  lossDb: rule.number(0, 100),
};

const WATCH_RULES: RulesOf<WatchOptions> = {
  site: rule.having(["ledger", "storeFigures"], "a controller"),
  transceiver: rule.having(["alarmHistory", "diagnostics"], "an open transceiver"),
  linkId: rule.text(),
  node: rule.text(),
  peerNode: rule.text(),
  store: rule.text("the path of a database file"),
  distillation: rule.object<DistillationSettings>(SETTINGS_RULES),
  health: HEALTH_RULE,
  fallback: FALLBACK_RULE,
  elements: maybe(rule.list(rule.object<BuiltElement>(ELEMENT_RULES))),
  emulated: maybe(rule.flag),
  explanation$: maybe(rule.having(["subscribe"], "an Observable")),
  failed: rule.callback,
};

const PLACE_RULES: RulesOf<DashboardPlace> = {
  listen: rule.object<DashboardAddress>({
    host: rule.text(),
    port: rule.whole(0, 65_535),
    tls: maybe(rule.object<DashboardTls>(TLS_RULES)),
    names: maybe(rule.list(rule.text())),
  }),
  emulatorControl: maybe(rule.text("tcp://HOST:PORT")),
};

/** The form of the options of a dashboard. */
export const DASHBOARD_RULES: RulesOf<DashboardOptions> = { ...WATCH_RULES, ...PLACE_RULES };

/** The form of the options of all outlets. */
export const OUTLETS_RULES: RulesOf<OutletsOptions> = {
  ...WATCH_RULES,
  dashboard: maybe(rule.object<DashboardPlace>(PLACE_RULES)),
  alarms: maybe(rule.object<AlarmOptions>(ALARM_RULES)),
  nats: maybe(rule.object<BusOptions>(BUS_RULES)),
  told: maybe(rule.callback),
};

import type { OutletsTrust, SiteTrust } from "../../controller/index.ts";
import { FILE_FIELDS, fileAt } from "./absolute-files.ts";
import type { SiteConfig } from "./read-config.ts";
import { siteAlarms } from "./site-alarms.ts";
import { siteBus } from "./site-bus.ts";
import { readSiteCredentials } from "./site-credentials.ts";
import { siteDashboard } from "./site-dashboard.ts";

/** What a running site takes over from its configuration when it changes: trust, applications, what they may get. */
export type SiteTrustOfConfig = SiteTrust & { readonly delivery: NonNullable<SiteTrust["delivery"]> };

/** Reads the files that the configuration names. ConfigError naming field and file. */
export function siteTrust(config: SiteConfig): SiteTrustOfConfig {
  const { peer, delivery } = readSiteCredentials(config);
  const { allowPqcFor, saeIdentity, stockDuringFallback, peerKmeId } = config.delivery;
  return {
    credentials: { ...peer, peerIdentity: config.peer.identity ?? { name: peerKmeId } },
    delivery: {
      tls: delivery,
      policy: {
        ...(allowPqcFor === undefined ? {} : { allowPqcFor }),
        ...(saeIdentity === undefined ? {} : { saeIdentity }),
        ...(stockDuringFallback === undefined ? {} : { stockDuringFallback }),
      },
      ...(config.saes === undefined ? {} : { saes: config.saes }),
    },
  };
}

/** What the outlets of a running site take over: certificates of the dashboard, of collectors and of NATS, and secrets of theirs. */
export function outletsTrust(config: SiteConfig): OutletsTrust {
  const tls = siteDashboard(config)?.dashboard.listen.tls;
  const alarms = siteAlarms(config);
  const nats = siteBus(config);
  return {
    ...(tls === undefined ? {} : { dashboard: tls }),
    ...(alarms === undefined ? {} : { alarms }),
    ...(nats === undefined ? {} : { nats }),
  };
}

/** The files whose change is taken over. */
export function trustFiles(config: SiteConfig): readonly string[] {
  const taken = FILE_FIELDS.filter(
    ([part, field]) =>
      (["dashboard", "alarms", "nats"].includes(part ?? "") && field !== "baseline") ||
      (["peer", "delivery"].includes(part ?? "") && field !== "secretFile"),
  );
  return [...new Set(taken.flatMap((field) => fileAt(config, field) ?? []))];
}

/** Fields that differ and count at the next start alone, by their members from the top of the file. */
export function fixedChanges(before: SiteConfig, now: SiteConfig): readonly string[] {
  return differences(fixedPart(before), fixedPart(now));
}

function fixedPart(config: SiteConfig): object {
  const { saes: _saes, peer, delivery, dashboard, alarms, nats, ...others } = config;
  const {
    certificate: _c,
    privateKey: _k,
    authority: _a,
    crl: _l,
    groups: _g,
    identity: _i,
    ...peerRest
  } = peer;
  const { listen, kmeId, peerKmeId, limits, redeliveryWindowS } = delivery;
  return {
    ...others,
    peer: peerRest,
    delivery: { listen, kmeId, peerKmeId, limits, redeliveryWindowS },
    ...(dashboard === undefined ? {} : { dashboard: fixedDashboard(dashboard) }),
    // Who is told is decided at the start; how they are reached may change.
    ...(alarms === undefined
      ? {}
      : { alarms: { syslog: alarms.syslog !== undefined, snmp: alarms.snmp !== undefined } }),
    ...(nats === undefined
      ? {}
      : { nats: { network: nats.network, stream: nats.stream, telemetryS: nats.telemetryS } }),
  };
}

/** With a dashboard that had no certificates, and one that lends those of key delivery, their coming counts at the next start. */
function fixedDashboard(dashboard: NonNullable<SiteConfig["dashboard"]>): object {
  const { certificate: _c, privateKey: _k, authority, crl: _l, ...rest } = dashboard;
  return { ...rest, authority: authority !== undefined };
}

function differences(before: unknown, now: unknown, path: readonly string[] = []): string[] {
  if (!isMembers(before) || !isMembers(now))
    return JSON.stringify(before) === JSON.stringify(now) ? [] : [path.join(".")];
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].flatMap((name) => differences(before[name], now[name], [...path, name]));
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

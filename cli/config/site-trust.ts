import type { SiteTrust } from "../../controller/index.ts";
import type { SiteConfig } from "./read-config.ts";
import { readSiteCredentials } from "./site-credentials.ts";

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

/** The files whose change is taken over. */
export function trustFiles({ peer, delivery }: SiteConfig): readonly string[] {
  const files = [peer, delivery].flatMap(({ certificate, privateKey, authority, crl }) => [
    certificate,
    privateKey,
    authority,
    ...(crl === undefined ? [] : [crl]),
  ]);
  return [...new Set(files)];
}

/** Fields that differ and count at the next start alone, by their members from the top of the file. */
export function fixedChanges(before: SiteConfig, now: SiteConfig): readonly string[] {
  return differences(fixedPart(before), fixedPart(now));
}

function fixedPart(config: SiteConfig): object {
  const { saes: _saes, peer, delivery, ...others } = config;
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
  return { ...others, peer: peerRest, delivery: { listen, kmeId, peerKmeId, limits, redeliveryWindowS } };
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

import type { DeliveryTls, PeerCredentials } from "../../controller/index.ts";
import { checkIdentity, readCertificates, readRevocations } from "../../trust/index.ts";
import { pemOf } from "./pem-of.ts";
import type { SiteConfig } from "./read-config.ts";

/** What the files of a site's certificates hold. */
export interface SiteCredentials {
  readonly peer: PeerCredentials;
  readonly delivery: DeliveryTls;
}

/**
 * Reads every certificate, key and revocation list that a site's configuration names. ConfigError naming field and file
 * for one that cannot be read, holds something else, or does not fit its neighbour.
 */
export function readSiteCredentials({
  peer,
  delivery,
}: {
  readonly peer: Pick<SiteConfig["peer"], keyof IdentityFiles | "groups">;
  readonly delivery: Pick<SiteConfig["delivery"], keyof IdentityFiles | "groups" | "minTlsVersion">;
}): SiteCredentials {
  const own = readIdentity("peer", peer);
  const served = readIdentity("delivery", delivery);
  return {
    peer: {
      certificate: own.certificate,
      privateKey: own.privateKey,
      authority: own.authority,
      ...(own.crl === undefined ? {} : { crl: own.crl }),
      ...(peer.groups === undefined ? {} : { groups: peer.groups.join(":") }),
    },
    delivery: {
      cert: served.certificate,
      key: served.privateKey,
      ca: served.authority,
      ...(served.crl === undefined ? {} : { crl: served.crl }),
      ...(delivery.groups === undefined ? {} : { groups: delivery.groups.join(":") }),
      ...(delivery.minTlsVersion === undefined ? {} : { minVersion: delivery.minTlsVersion }),
    },
  };
}

interface IdentityFiles {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authority: string;
  readonly crl?: string;
}

/** The texts of the files, once they are known to fit. */
function readIdentity(part: "peer" | "delivery", files: IdentityFiles): IdentityFiles {
  const name = (field: keyof IdentityFiles): string => `${part}.${field} (${files[field]})`;
  const certificate = pemOf(files.certificate, name("certificate"));
  const privateKey = pemOf(files.privateKey, name("privateKey"));
  const authority = pemOf(files.authority, name("authority"));
  readCertificates(authority, name("authority"));
  checkIdentity({
    certificate,
    certificateName: name("certificate"),
    privateKey,
    privateKeyName: name("privateKey"),
  });
  if (files.crl === undefined) return { certificate, privateKey, authority };
  const crl = pemOf(files.crl, name("crl"));
  readRevocations(crl, name("crl"));
  return { certificate, privateKey, authority, crl };
}

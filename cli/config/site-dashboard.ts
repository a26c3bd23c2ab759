import type { DashboardAddress, DashboardPlace, OutletsOptions } from "../../controller/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { checkIdentity, readCertificates, readRevocations } from "../../trust/index.ts";
import { dashboardAddress } from "./address-remarks.ts";
import { pemOf } from "./pem-of.ts";
import type { SiteConfig } from "./read-config.ts";

/** What a site's configuration says of its dashboard. */
export type SiteDashboard = Pick<OutletsOptions, "elements"> & { readonly dashboard: DashboardPlace };

/** The healthy link that a site's configuration names, where it names one. */
export const siteBaseline = ({ dashboard }: SiteConfig): { readonly baseline?: string } =>
  dashboard?.baseline === undefined ? {} : { baseline: dashboard.baseline };

/** Null where none is wanted. Throws ConfigError naming field and file for certificates that cannot be used. */
export function siteDashboard(config: SiteConfig): SiteDashboard | null {
  const { dashboard } = config;
  if (dashboard === undefined) return null;
  const { listen, names, elements, emulator } = dashboard;
  const address = dashboardAddress(listen);
  if (address === null)
    throw new ConfigError("QKD_CONFIG_INVALID", "dashboard.listen is no address to listen on");
  return {
    dashboard: {
      listen: {
        ...address,
        ...(listen.startsWith("https:") ? { tls: dashboardTls(config) } : {}),
        ...(names === undefined ? {} : { names }),
      },
      ...(emulator === undefined ? {} : { emulatorControl: emulator }),
    },
    ...(elements === undefined
      ? {}
      : { elements: elements.map(({ detail = null, ...element }) => ({ ...element, detail })) }),
  };
}

/** The dashboard's own certificate, or that of key delivery. */
function dashboardTls({
  dashboard = { listen: "" },
  delivery,
}: SiteConfig): NonNullable<DashboardAddress["tls"]> {
  const { certificate, privateKey, authority, crl } = dashboard;
  const own = certificate !== undefined && privateKey !== undefined;
  const part = own ? "dashboard" : "delivery";
  const files = own ? { certificate, privateKey } : delivery;
  const name = (field: "certificate" | "privateKey") => `${part}.${field} (${files[field]})`;
  const cert = pemOf(files.certificate, name("certificate"));
  const key = pemOf(files.privateKey, name("privateKey"));
  checkIdentity({
    certificate: cert,
    certificateName: name("certificate"),
    privateKey: key,
    privateKeyName: name("privateKey"),
  });
  if (authority === undefined) return { cert, key };
  const ca = pemOf(authority, `dashboard.authority (${authority})`);
  readCertificates(ca, `dashboard.authority (${authority})`);
  if (crl === undefined) return { cert, key, ca };
  const list = pemOf(crl, `dashboard.crl (${crl})`);
  readRevocations(list, `dashboard.crl (${crl})`);
  return { cert, key, ca, crl: list };
}

import { dashboardAddress, deliveryAddress } from "./address-remarks.ts";
import type { FieldPath, Remark } from "./finding.ts";
import type { SiteDraft } from "./site-config.ts";

/** How far the elements may lie from the loss of the link before that is told, decibel. */
const TOLERANCE_DB = 0.5;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|::1)$/;
const EVERY_HOST = ["0.0.0.0", "::"];

/** What is wrong with the dashboard of a site's file. */
export function dashboardRemarks(site: SiteDraft): Remark[] {
  const { dashboard } = site;
  if (dashboard === undefined) return [];
  return [...listenRemarks(site), ...certificateRemarks(dashboard), ...elementRemarks(site)];
}

function listenRemarks({ dashboard, delivery, peer }: SiteDraft): Remark[] {
  const listen = dashboard?.listen;
  if (listen === undefined) return [];
  const field = ["dashboard", "listen"];
  const address = dashboardAddress(listen);
  if (address === null)
    return [
      error(
        field,
        "dashboard.listen is no address to listen on",
        "use http://127.0.0.1:port or https://host:port, without a path",
      ),
    ];
  const remarks: Remark[] = [];
  if (listen.startsWith("http:") && !LOOPBACK.test(address.host))
    remarks.push(
      error(
        field,
        `dashboard.listen (${listen}) would show the token and the link to everybody on the way`,
        "use https:// beyond this machine",
      ),
    );
  const served = deliveryAddress(delivery?.listen ?? "");
  const peerPort = Number(/:(\d+)$/.exec(peer?.listen ?? "")?.[1] ?? 0);
  const meets = (host: string) =>
    host === address.host || EVERY_HOST.includes(host) || EVERY_HOST.includes(address.host);
  if (address.port !== 0 && served !== null && served.port === address.port && meets(served.host))
    remarks.push(
      error(
        field,
        `dashboard.listen takes the port ${address.port} of delivery.listen`,
        "give each a port of its own",
      ),
    );
  if (address.port !== 0 && address.port === peerPort)
    remarks.push(
      error(
        field,
        `dashboard.listen takes the port ${address.port} of peer.listen`,
        "give each a port of its own",
      ),
    );
  return remarks;
}

function certificateRemarks(dashboard: NonNullable<SiteDraft["dashboard"]>): Remark[] {
  const { listen, certificate, privateKey, authority, crl } = dashboard;
  const remarks: Remark[] = [];
  if ((certificate === undefined) !== (privateKey === undefined))
    remarks.push(
      error(
        ["dashboard", certificate === undefined ? "privateKey" : "certificate"],
        "dashboard.certificate and dashboard.privateKey go together",
        "give both, or neither: then those of delivery count",
      ),
    );
  if (crl !== undefined && authority === undefined)
    remarks.push(
      error(
        ["dashboard", "crl"],
        "dashboard.crl is the list of no authority",
        "name the authority that signs it, or take it out",
      ),
    );
  const given = Object.entries({ certificate, privateKey, authority, crl }).find(
    ([, file]) => file !== undefined,
  );
  if (given !== undefined && listen?.startsWith("http:") === true)
    remarks.push({
      ...error(
        ["dashboard", given[0]],
        `dashboard.${given[0]} has no effect on http:`,
        "use https://, or take it out",
      ),
      level: "warning",
    });
  return remarks;
}

function elementRemarks({ dashboard, link }: SiteDraft): Remark[] {
  const { elements } = dashboard ?? {};
  if (elements === undefined || link?.lossDb === undefined) return [];
  const sum = elements.reduce((total, element) => total + (element.lossDb ?? 0), 0);
  if (Math.abs(sum - link.lossDb) <= TOLERANCE_DB) return [];
  return [
    {
      ...error(
        ["dashboard", "elements"],
        `dashboard.elements add up to ${sum.toFixed(2)} dB, link.lossDb is ${link.lossDb}`,
        "correct the one or the other",
      ),
      level: "warning",
    },
  ];
}

function error(field: FieldPath, message: string, remedy: string): Remark {
  return { level: "error", code: "QKD_CONFIG_INVALID", field, message, remedy };
}

import { parsePeerAddress } from "../../controller/index.ts";
import { parseDeviceAddress, parseTelemetryAddress } from "../../drivers/index.ts";
import { QkdError } from "../../errors/index.ts";
import { nearestName } from "../../options/index.ts";
import { LINK_PRESETS } from "../../physics/index.ts";
import type { FieldPath, Remark } from "./finding.ts";
import type { SiteDraft } from "./site-config.ts";

/** Host and port that `delivery.listen` names; null for one that names none. */
export function deliveryAddress(listen: string): { readonly host: string; readonly port: number } | null {
  if (!URL.canParse(listen)) return null;
  const { hostname, port, username, password, search, hash } = new URL(listen);
  if (username !== "" || password !== "" || search !== "" || hash !== "") return null;
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 443) };
}

/** Host and port that `dashboard.listen` names; null for one that names none. */
export function dashboardAddress(listen: string): { readonly host: string; readonly port: number } | null {
  const named = deliveryAddress(listen);
  if (named === null) return null;
  const { port, protocol } = new URL(listen);
  return { ...named, port: Number(port || (protocol === "https:" ? 443 : 80)) };
}

/** What is wrong with the addresses of a site's file, and with the name of its preset. */
export function addressRemarks({ transceiver, peer, delivery, link }: SiteDraft): Remark[] {
  return [
    ...deviceRemarks(["transceiver"], transceiver),
    ...refused(["peer", "listen"], peer?.listen, parsePeerAddress),
    ...refused(["peer", "connect"], peer?.connect, parsePeerAddress),
    ...portToConnect(["peer", "connect"], peer?.connect),
    ...waysToPeer(peer),
    ...deliveryListen(delivery?.listen),
    ...samePort(peer?.listen, delivery?.listen),
    ...presetName(link?.preset),
  ];
}

/** What is wrong with a transceiver's addresses, and with its certificates; `at` is its field. */
export function deviceRemarks(at: FieldPath, transceiver: SiteDraft["transceiver"]): Remark[] {
  return [
    ...refused([...at, "address"], transceiver?.address, parseDeviceAddress),
    ...refused([...at, "telemetry"], transceiver?.telemetry, parseTelemetryAddress),
    ...deviceTls(at, transceiver),
  ];
}

/** What a reader of the product itself says of a text. */
export function refused(
  field: FieldPath,
  text: string | undefined,
  parse: (text: string) => unknown,
): Remark[] {
  if (text === undefined) return [];
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof QkdError)) throw error;
    const { code, message, remedy } = error;
    return [{ level: "error", code, field, message: `${field.join(".")}: ${message}`, remedy }];
  }
}

/** Certificates count for `tls://` alone, and a certificate goes with its key. */
function deviceTls(at: FieldPath, transceiver: SiteDraft["transceiver"]): Remark[] {
  const { address, authority, certificate, privateKey, serverName } = transceiver ?? {};
  const given = Object.entries({ authority, certificate, privateKey, serverName }).filter(
    ([, value]) => value !== undefined,
  );
  const [first] = given;
  const remarks: Remark[] = [];
  if (first !== undefined && address !== undefined && !address.startsWith("tls:"))
    remarks.push({
      ...invalid(
        [...at, first[0]],
        `${at.join(".")}.${first[0]} has no effect on ${address.split(":")[0]}:`,
        "use tls://host:port, or take it out",
      ),
      level: "warning",
    });
  if ((certificate === undefined) !== (privateKey === undefined))
    remarks.push(
      invalid(
        [...at, certificate === undefined ? "privateKey" : "certificate"],
        `${at.join(".")}.certificate and ${at.join(".")}.privateKey go together`,
        "give both, or neither",
      ),
    );
  return remarks;
}

/** Nobody can be dialled at port 0. */
export function portToConnect(field: FieldPath, connect: string | undefined): Remark[] {
  if (connect === undefined || !/:0+$/.test(connect)) return [];
  return [invalid(field, `${field.join(".")} names port 0`, "name the port of the other site's peer.listen")];
}

function waysToPeer(peer: SiteDraft["peer"]): Remark[] {
  if (peer === undefined || (peer.listen === undefined) !== (peer.connect === undefined)) return [];
  return [
    invalid(
      ["peer"],
      "peer needs exactly one of listen and connect",
      "let one site listen and the other connect",
    ),
  ];
}

/** Where key delivery cannot listen. */
export function deliveryListen(listen: string | undefined): Remark[] {
  if (listen === undefined || deliveryAddress(listen) !== null) return [];
  return [
    invalid(
      ["delivery", "listen"],
      "delivery.listen is no address to listen on",
      "use https://host:port, without a path",
    ),
  ];
}

const EVERY_HOST = ["0.0.0.0", "::"];

function samePort(peerListen: string | undefined, listen: string | undefined): Remark[] {
  const peer = /^tls:\/\/(\[[^\]]*\]|[^:]*):(\d+)$/.exec(peerListen ?? "");
  const delivery = deliveryAddress(listen ?? "");
  if (peer === null || delivery === null || Number(peer[2]) === 0) return [];
  const host = (peer[1] ?? "").replace(/^\[|\]$/g, "");
  const meet = host === delivery.host || EVERY_HOST.includes(host) || EVERY_HOST.includes(delivery.host);
  if (Number(peer[2]) !== delivery.port || !meet) return [];
  return [
    invalid(
      ["delivery", "listen"],
      `delivery.listen takes the port ${delivery.port} of peer.listen`,
      "give each a port of its own",
    ),
  ];
}

function presetName(name: string | undefined): Remark[] {
  if (name === undefined || Object.hasOwn(LINK_PRESETS, name)) return [];
  const known = Object.keys(LINK_PRESETS);
  const nearest = nearestName(name, known);
  return [
    invalid(
      ["link", "preset"],
      `link.preset: there is no preset named ${name}`,
      nearest === null ? `use one of ${known.join(", ")}` : `write ${nearest}`,
    ),
  ];
}

function invalid(field: FieldPath, message: string, remedy: string): Remark {
  return { level: "error", code: "QKD_CONFIG_INVALID", field, message, remedy };
}

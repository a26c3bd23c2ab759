import { isIPv4, isIPv6 } from "node:net";
import { printable } from "../session/printable.ts";

/** A transceiver as it announces itself; nothing of it is proven until it is asked. */
export interface AnnouncedUnit {
  /** The name under which it announces itself, `QTX E0421` for example. */
  readonly name: string;
  /** Where it takes commands. */
  readonly address: string;
  /** Where its registers are read; null where it does not say. */
  readonly telemetry: string | null;
}

/** What an answer of multicast DNS says of a service. */
export interface ServiceAnswer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Addresses of the host. */
  readonly addresses?: readonly string[] | undefined;
  readonly txt?: unknown;
}

const MOST_NAME = 64;
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\.?$/;

/**
 * Reads an announcement (SPEC 4.7). Null for one that names no place that could be connected to: anybody on the network
 * can say anything.
 */
export function announcedUnit({
  name,
  host,
  port,
  addresses = [],
  txt,
}: ServiceAnswer): AnnouncedUnit | null {
  const place = placeOf(addresses, host);
  if (place === null || !isPort(port)) return null;
  const { tls, modbus, unit } = textsOf(txt);
  const telemetryPort = Number(modbus);
  const telemetryUnit = unit === undefined ? 1 : Number(unit);
  const hasTelemetry =
    modbus !== undefined &&
    isPort(telemetryPort) &&
    Number.isInteger(telemetryUnit) &&
    telemetryUnit > 0 &&
    telemetryUnit < 248;
  return {
    name: printable(String(name)).slice(0, MOST_NAME),
    address: `${tls === "1" ? "tls" : "tcp"}://${place}:${port}`,
    telemetry: hasTelemetry ? `modbus+tcp://${place}:${telemetryPort}?unit=${telemetryUnit}` : null,
  };
}

/** IPv4 first: addresses of a single link need the name of the interface, which an answer cannot know. */
function placeOf(addresses: readonly string[], host: string): string | null {
  const v4 = addresses.find((address) => isIPv4(address));
  if (v4 !== undefined) return v4;
  const v6 = addresses.find((address) => isIPv6(address) && !/%|^fe[89ab]/i.test(address));
  if (v6 !== undefined) return `[${v6}]`;
  return HOST.test(host) ? host.replace(/\.$/, "") : null;
}

const isPort = (port: unknown): boolean =>
  Number.isInteger(port) && (port as number) > 0 && (port as number) < 65_536;

function textsOf(txt: unknown): Readonly<Partial<Record<"tls" | "modbus" | "unit", string>>> {
  if (typeof txt !== "object" || txt === null) return {};
  const text = (key: string) => {
    const value = Object.hasOwn(txt, key) ? (txt as Record<string, unknown>)[key] : undefined;
    return typeof value === "string" && value.length <= 5 ? { [key]: value } : {};
  };
  return { ...text("tls"), ...text("modbus"), ...text("unit") };
}

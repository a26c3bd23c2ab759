import { isIPv6 } from "node:net";

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Reads `//host:port` or `//[ipv6]:port`. A missing port takes `defaultPort`, or fails without one. */
export function parseHostPort(
  text: string,
  defaultPort: number | undefined,
  fail: (reason: string) => Error,
): HostPort {
  const parts = /^\/\/(?:\[([^\]]*)\]|([^:/@[\]\s#\\]*))(?::([^:]*))?$/.exec(text);
  if (parts === null) throw fail("after the scheme it needs //host:port and nothing else");
  const [, bracketed, plain, portText] = parts;
  if (bracketed !== undefined && !isIPv6(bracketed)) throw fail("the brackets hold no IPv6 address");
  const host = bracketed ?? plain ?? "";
  if (host === "") throw fail("the host is empty");
  if (portText === undefined) {
    if (defaultPort === undefined) throw fail("the port is missing");
    return { host, port: defaultPort };
  }
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > 65_535) throw fail("the port is not a number from 1 to 65535");
  return { host, port };
}

/** The text that `parseHostPort` reads, without the slashes. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

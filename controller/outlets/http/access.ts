import { createHmac, randomBytes, timingSafeEqual, type X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { ClientTrust } from "./client-trust.ts";

const TOKEN_BYTES = 32;
/** Name of the cookie that an `EventSource`, which sends no header, reads by. */
export const READING_COOKIE = "qkdlink_reading";

/**
 * Who may look and who may act. From this machine everybody may look; from elsewhere who shows the token, the cookie
 * that the token buys, or a client certificate that the listener trusts. To act takes the token itself, in a header:
 * browsers send cookies to every port of a host, and along with requests that another page makes.
 */
export class Access {
  /** 256 random bits, as text; made at each start and told on its line. */
  readonly token: string = randomBytes(TOKEN_BYTES).toString("base64url");
  /** What the cookie holds: it follows from the token, and the token does not follow from it. */
  readonly reading: string = createHmac("sha256", this.token).update("qkdlink reading").digest("base64url");
  readonly #clients: Pick<ClientTrust, "trusts">;

  constructor(clients: Pick<ClientTrust, "trusts">) {
    this.#clients = clients;
  }

  mayLook(request: IncomingMessage): boolean {
    const { socket, headers } = request;
    if (isLoopback(socket.remoteAddress)) return true;
    if (this.#clients.trusts(socket)) return true;
    return this.mayAct(request) || same(cookieOf(headers.cookie), this.reading);
  }

  mayAct({ headers }: IncomingMessage): boolean {
    const [, given] = /^Bearer ([A-Za-z0-9_-]+)$/.exec(headers.authorization ?? "") ?? [];
    return same(given, this.token);
  }
}

/** True for the addresses by which a machine speaks to itself. */
function isLoopback(address: string | undefined): boolean {
  return /^(127\.|::1$|::ffff:127\.)/i.test(address ?? "");
}

/**
 * Whether a request names this server as its host: a page of elsewhere whose name was made to point here does not. An
 * address has to be the one that was connected to.
 */
export function isOwnHost(
  { headers, socket }: Pick<IncomingMessage, "headers" | "socket">,
  names: readonly string[],
  certificate: X509Certificate | null,
): boolean {
  const [, bracketed, plain, port] =
    /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d+))?$/i.exec(headers.host ?? "") ?? [];
  const name = (bracketed ?? plain ?? "").toLowerCase();
  const standard = certificate === null ? 80 : 443;
  if (name === "" || Number(port ?? standard) !== socket.localPort) return false;
  const local = (socket.localAddress ?? "").replace(/^::ffff:/i, "");
  if (isIP(name) !== 0) return name === local;
  if (name === "localhost") return isLoopback(local);
  return names.includes(name) || certificate?.checkHost(name) !== undefined;
}

function cookieOf(header: string | undefined): string | undefined {
  const found = (header ?? "").split(/;\s*/).find((one) => one.startsWith(`${READING_COOKIE}=`));
  return found?.slice(READING_COOKIE.length + 1);
}

function same(given: string | undefined, wanted: string): boolean {
  if (given === undefined || given.length !== wanted.length) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}

import type { TLSSocket } from "node:tls";
import { certificateFault, type TrustRules, trustRules } from "../../../trust/index.ts";
import type { DashboardTls } from "./dashboard-tls.ts";

/**
 * Whom the authority of a listener vouches for. TLS asks once, at the handshake; here a certificate is judged at each
 * request, by what holds then.
 */
export class ClientTrust {
  readonly #now: () => number;
  readonly #arrived = new WeakMap<object, TrustRules | null>();
  #rules: TrustRules | null;

  /** ConfigError for an authority or a list that is none. */
  constructor(tls: DashboardTls | undefined, now: () => number) {
    this.#now = now;
    this.#rules = rulesOf(tls);
  }

  /** From the next request on these hold, on connections that stand too. ConfigError, and nothing changed, as above. */
  renew(tls: DashboardTls): void {
    this.#rules = rulesOf(tls);
  }

  /** A handshake is over: what TLS found of the certificate was found under the present rules. */
  arrive(socket: object): void {
    this.#arrived.set(socket, this.#rules);
  }

  /** Whether the client on this connection has a certificate that is trusted now. */
  trusts(socket: object): boolean {
    const { authorized, getPeerX509Certificate } = socket as Partial<TLSSocket>;
    const then = this.#arrived.get(socket) ?? null;
    if (this.#rules === null || then === null || authorized !== true) return false;
    const leaf = getPeerX509Certificate?.call(socket as TLSSocket);
    return leaf !== undefined && certificateFault(leaf, this.#rules, then, this.#now()) === null;
  }
}

function rulesOf(tls: DashboardTls | undefined): TrustRules | null {
  if (tls?.ca === undefined) return null;
  return trustRules({ pem: tls.ca, name: "dashboard.authority" }, { pem: tls.crl, name: "dashboard.crl" });
}

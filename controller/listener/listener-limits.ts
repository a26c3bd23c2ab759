import { ConfigError } from "../../errors/index.ts";
import { type RulesOf, rule } from "../../options/index.ts";

/** What any listener of a site bears. */
export interface ListenerLimits {
  /** Connections open at once, of all callers; fewer where the process may open few files. */
  readonly connections: number;
  /** Connections open at once of one address; of IPv6 of one /64 network. */
  readonly connectionsPerAddress: number;
}

/** Limits of the key delivery server. */
export interface DeliveryLimits extends ListenerLimits {
  /** From the connection to the end of the TLS handshake. */
  readonly handshakeMs: number;
  /** From the first byte of a request, or the end of the handshake, to the end of its headers. */
  readonly headersMs: number;
  /** From the first byte of a request to its end. */
  readonly requestMs: number;
  /** How long a connection may wait for its next request. */
  readonly keepAliveMs: number;
  /** How long a connection may stand without a byte in either direction, as of a caller that takes no answer. */
  readonly stallMs: number;
}

/** Limits of the port that waits for the other site. */
export interface PeerLimits extends ListenerLimits {
  /** From the connection to an admitted introduction. */
  readonly helloMs: number;
}

/** The form of the limits; `completeLimits` knows what they may be. */
export const PEER_LIMITS_RULES: RulesOf<PeerLimits> = {
  connections: rule.anyNumber,
  connectionsPerAddress: rule.anyNumber,
  helloMs: rule.anyNumber,
};

export const DEFAULT_DELIVERY_LIMITS: DeliveryLimits = {
  connections: 1024,
  connectionsPerAddress: 64,
  handshakeMs: 5000,
  headersMs: 5000,
  requestMs: 10_000,
  keepAliveMs: 5000,
  stallMs: 30_000,
};

export const DEFAULT_PEER_LIMITS: PeerLimits = { connections: 64, connectionsPerAddress: 4, helloMs: 5000 };

/** Completes limits with their defaults; ConfigError QKD_CONFIG_INVALID naming the first impossible one. */
export function completeLimits<Limits extends object>(
  defaults: Limits,
  given: Partial<Limits>,
  name: string,
): Limits {
  for (const [field, value] of Object.entries(given)) {
    const known = field in defaults;
    const most = field.endsWith("Ms") ? 600_000 : 65_536;
    if (known && Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most) continue;
    throw new ConfigError(
      "QKD_CONFIG_INVALID",
      `${name}.${field} ${known ? `must be a whole number from 1 to ${most}` : "is not a known limit"}`,
      { context: { field: `${name}.${field}` } },
    );
  }
  return { ...defaults, ...given };
}

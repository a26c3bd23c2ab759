import { maybe, partly, type RulesOf, rule } from "../../options/index.ts";
import type { DeliveryLimits } from "../listener/listener-limits.ts";
import type { CallerOptions } from "./caller-rules.ts";
import type { CallerNews } from "./callers.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";
import type { DeliveryTls } from "./delivery-tls.ts";
import type { KeysAndNames } from "./key-directory.ts";
import type { SaeEntry } from "./sae-registry.ts";
import type { KeySource } from "./take-keys.ts";

/** How to serve keys. */
export interface DeliveryOptions extends CallerOptions, KeysAndNames {
  readonly tls: DeliveryTls;
  /** Port 0 chooses a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Time-outs and how many connections are served at once. */
  readonly limits?: Partial<DeliveryLimits>;
  /** Called when an SAE is known for the first time, and when somebody is refused. */
  readonly told?: (news: CallerNews) => void;
  readonly now?: () => number;
}

const PEM = rule.either(rule.anyText("PEM text"), rule.bytes);
const NAMES = rule.list(rule.text());
const ALL_OR_NAMES = rule.either(rule.choice("all"), NAMES);

export const DELIVERY_TLS_RULES: RulesOf<DeliveryTls> = {
  cert: PEM,
  key: PEM,
  ca: PEM,
  crl: maybe(PEM),
  groups: maybe(rule.text("names of groups joined by colons")),
  minVersion: maybe(rule.choice("TLSv1.2", "TLSv1.3")),
};

const POLICY_RULES: RulesOf<DeliveryPolicy> = {
  keySizeBits: rule.anyNumber,
  minKeySizeBits: rule.anyNumber,
  maxKeySizeBits: rule.anyNumber,
  maxKeysPerRequest: rule.anyNumber,
  allowedSaes: ALL_OR_NAMES,
  allowedSlaves: ALL_OR_NAMES,
  allowPqcFor: rule.either(rule.choice("none", "all"), NAMES),
  allowPqcOptIn: rule.flag,
  stockDuringFallback: rule.choice("refuse", "serve"),
  saeIdentity: rule.list(
    rule.either(
      rule.choice("sanUri", "sanDns", "commonName", "serialNumber"),
      rule.object<{ fingerprints: unknown }>({ fingerprints: rule.anyObject }, "an object with fingerprints"),
    ),
  ),
};

const SAE_RULES: RulesOf<SaeEntry> = {
  id: rule.text(),
  identity: rule.anyObject,
  peers: maybe(NAMES),
  origins: maybe(rule.list(rule.choice("qkd", "relay", "hybrid", "pqc"))),
  keySizeBits: maybe(rule.anyNumber),
  minKeySizeBits: maybe(rule.anyNumber),
  maxKeySizeBits: maybe(rule.anyNumber),
  maxKeysPerRequest: maybe(rule.anyNumber),
  mode: maybe(rule.choice("qkd-only", "prefer-qkd", "hybrid", "pqc-only")),
  onShortage: maybe(rule.choice("refuse", "pqc")),
  quotaBps: maybe(rule.anyNumber),
  quotaKeysPerS: maybe(rule.anyNumber),
};

const COUNT = rule.anyNumber;
const LIMITS_RULES: RulesOf<DeliveryLimits> = {
  connections: COUNT,
  connectionsPerAddress: COUNT,
  handshakeMs: COUNT,
  headersMs: COUNT,
  requestMs: COUNT,
  keepAliveMs: COUNT,
  stallMs: COUNT,
};

const KEY_SOURCE_RULES: RulesOf<KeySource> = {
  pool: rule.having(["takeMany", "takeByIds", "status"], "a key pool"),
  origins: maybe(rule.list(rule.choice("qkd", "relay", "hybrid", "pqc"))),
  local: maybe(rule.flag),
  ledger: maybe(rule.callback),
  logLost: maybe(rule.callback),
  moreRelayed: maybe(rule.callback),
  fallback: rule.callback,
  morePqc: maybe(rule.callback),
  moreHybrid: maybe(rule.callback),
  canRelay: maybe(rule.callback),
  served: maybe(rule.callback),
};

/** The form of delivery options; their ranges are asked by the parts that use them. */
export const DELIVERY_RULES: RulesOf<DeliveryOptions> = {
  keys: rule.either(
    rule.having(["route", "kmeIds"], "a directory of keys"),
    rule.object<KeySource>(KEY_SOURCE_RULES, "a source of keys"),
  ),
  tls: rule.open<DeliveryTls>(DELIVERY_TLS_RULES),
  listen: rule.object<DeliveryOptions["listen"]>({ host: rule.text(), port: rule.whole(0, 65_535) }),
  ids: rule.object<DeliveryOptions["ids"]>({ sourceKmeId: rule.text(), targetKmeId: maybe(rule.text()) }),
  limits: maybe(rule.object<DeliveryLimits>(partly(LIMITS_RULES))),
  told: maybe(rule.callback),
  now: maybe(rule.callback),
  policy: maybe(rule.object<DeliveryPolicy>(partly(POLICY_RULES))),
  saes: maybe(rule.list(rule.object<SaeEntry>(SAE_RULES))),
  peerIdentity: maybe(rule.either(rule.anyObject, rule.list(rule.anyObject))),
  ownCertificates: maybe(rule.either(PEM, rule.list(PEM))),
};

import { maybe, type RulesOf, rule } from "../../options/index.ts";
import type { SecretBytes } from "../../protocol/index.ts";
import type { Pem } from "../../trust/index.ts";
import { KME_TLS_RULES, type KmeTls, MAX_ANSWER_BYTES } from "../etsi014/client-options.ts";
import { SAE_ID_RULE } from "../etsi014/sae-id.ts";

/** Where keys come from, and as whom they are asked for. */
export interface KeyManagerClientOptions {
  /** `https://host:port` of each front of **one** KME, the preferred one first. */
  readonly endpoints: readonly string[];
  /** Certificate and key of the SAE, authority of the servers, and a pin besides it. */
  readonly tls: KmeTls;
  /** Further SAEs that this program speaks for, by `applicationId`; a KME knows an application by its certificate. */
  readonly applications?: Readonly<Record<string, { readonly cert: Pem; readonly key: Pem }>>;
  /** Longest wait for one answer; default 2 s. */
  readonly timeoutMs?: number;
  /** Longest time of one call with all its repetitions; default 10 s. */
  readonly deadlineMs?: number;
  /** Connections to each endpoint at most; default 8. */
  readonly connections?: number;
  /** Rest of an endpoint after a first failure, doubled with each further one; default 250 ms. */
  readonly firstRestMs?: number;
  /** Longest rest after failures; default 10 s. What a KME asks for by `Retry-After` may be longer. */
  readonly longestRestMs?: number;
  /** Default 1 MiB. */
  readonly mostAnswerBytes?: number;
}

/** A key wanted; exactly one destination. */
export interface KeyWanted {
  /** Name of the node at the other end: the SAE `node:<name>`. */
  readonly destinationNode?: string;
  /** SAE ID of the application at the other end. */
  readonly destinationSae?: string;
  /** Default as the KME's status says. */
  readonly keySizeBits?: number;
  /** In whose name, one of `applications`; default the SAE of `tls`. */
  readonly applicationId?: string;
}

/** Where a key was made. */
export interface KeySender {
  /** SAE ID of the application that asked for the key. */
  readonly from: string;
  readonly applicationId?: string;
}

/** Of one call. */
export interface ManagerCallOptions {
  readonly signal?: AbortSignal;
  /** Instead of the client's. */
  readonly deadlineMs?: number;
}

/** A key, or why there is none now. */
export type KeyAnswer = AvailableKey | UnavailableKey;

export interface AvailableKey {
  readonly status: "available";
  readonly keyMaterial: SecretBytes;
  /** UUID, for the other end's `fetchKey`. */
  readonly keyId: string;
  /** Since the key was made; null where the KME does not tell. */
  readonly ageMs: number | null;
  /** `qkd`, `pqc` or another word of the KME's; null where it does not tell. */
  readonly origin: string | null;
}

export interface UnavailableKey {
  readonly status: "unavailable";
  /**
   * In a word: the KME's own where it tells one (`linkDown`, `poolExhausted` …), `noKey` where it says no more than that,
   * `unreachable` where no endpoint answered, `answersLost` where several answers in a row did not arrive.
   */
  readonly reason: string;
  /** When asking again may help. */
  readonly retryAfterMs: number;
}

const PEM = rule.either(rule.anyText("PEM text"), rule.bytes);
const APPLICATIONS = {
  wants: "an object of certificates and keys by application",
  holds: (value: unknown) =>
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every(
      (one) =>
        typeof one === "object" &&
        one !== null &&
        Object.keys(one).every((name) => name === "cert" || name === "key") &&
        PEM.holds(Reflect.get(one, "cert")) &&
        PEM.holds(Reflect.get(one, "key")),
    ),
};

export const MANAGER_RULES: RulesOf<KeyManagerClientOptions> = {
  endpoints: rule.list(rule.text("an https:// address")),
  tls: rule.object<KmeTls>(KME_TLS_RULES),
  applications: maybe(APPLICATIONS),
  timeoutMs: maybe(rule.wait()),
  deadlineMs: maybe(rule.wait()),
  connections: maybe(rule.whole(1, 1024)),
  firstRestMs: maybe(rule.wait()),
  longestRestMs: maybe(rule.wait()),
  mostAnswerBytes: maybe(rule.whole(1024, MAX_ANSWER_BYTES)),
};

/** The node's SAE is `node:` and its name. */
const NODE_NAME_RULE = {
  wants: "the name of a node",
  holds: (value: unknown) => SAE_ID_RULE.holds(`node:${value}`) && typeof value === "string" && value !== "",
};

export const WANTED_RULES: RulesOf<KeyWanted> = {
  destinationNode: maybe(NODE_NAME_RULE),
  destinationSae: maybe(SAE_ID_RULE),
  keySizeBits: maybe(rule.whole(1, 2 ** 31 - 1)),
  applicationId: maybe(rule.text()),
};

export const SENDER_RULES: RulesOf<KeySender> = {
  from: SAE_ID_RULE,
  applicationId: maybe(rule.text()),
};

export const MANAGER_CALL_RULES: RulesOf<ManagerCallOptions> = {
  signal: maybe(rule.instance(AbortSignal, "an AbortSignal")),
  deadlineMs: maybe(rule.wait()),
};

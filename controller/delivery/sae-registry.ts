import { ConfigError } from "../../errors/index.ts";
import {
  type CertificateMatch,
  type CertificateNames,
  matchesCertificate,
  matchKind,
} from "../../trust/index.ts";
import {
  completePolicy,
  type DeliveryPolicy,
  originsOfMode,
  type PolicyMode,
  type ServedOrigin,
} from "./delivery-policy.ts";

/** One application (SAE) of this site, and what it may ask. What it leaves out is the delivery policy's. */
export interface SaeEntry {
  readonly id: string;
  /** The certificate that speaks for it. */
  readonly identity: CertificateMatch;
  /** SAEs at the other site that it may share keys with, as master and as slave; default: all. */
  readonly peers?: readonly string[];
  /** Origins whose keys it may get at most; default `qkd`, and `pqc` where `allowPqcFor` names it. */
  readonly origins?: readonly ServedOrigin[];
  /** The same in a word, instead of `origins`. */
  readonly mode?: PolicyMode;
  /** Of the mode `hybrid`, where quantum key lacks: no key (`refuse`, default), or post-quantum keys. */
  readonly onShortage?: "refuse" | "pqc";
  readonly keySizeBits?: number;
  readonly minKeySizeBits?: number;
  readonly maxKeySizeBits?: number;
  readonly maxKeysPerRequest?: number;
  /** Key bits a second that it may take, on average over a minute; default: no limit. */
  readonly quotaBps?: number;
  /** Keys a second, likewise. */
  readonly quotaKeysPerS?: number;
}

/** An entry with its own policy. */
export interface RegisteredSae {
  readonly entry: SaeEntry;
  readonly policy: DeliveryPolicy;
  /** By which part of a certificate it is known. */
  readonly by: string;
}

/** The SAEs that a site serves. */
export class SaeRegistry {
  readonly #saes: readonly RegisteredSae[];

  /** ConfigError QKD_CONFIG_INVALID naming the entry for impossible values and for an ID or certificate named twice. */
  constructor(entries: readonly SaeEntry[], policy: DeliveryPolicy) {
    this.#saes = entries.map((entry, index) => registered(entry, policy, `saes.${index}`));
    const seen = new Set<string>();
    for (const [index, { entry }] of this.#saes.entries()) {
      const marks = [`id ${entry.id}`, ...identityMarks(entry.identity)];
      const twice = marks.find((mark) => seen.has(mark));
      if (twice !== undefined) throw wrong(`saes.${index}`, `${twice} stands in two entries`);
      for (const mark of marks) seen.add(mark);
    }
  }

  /** The entries whose identity a certificate meets: one, unless it is unknown or ambiguous. */
  identify(names: CertificateNames): readonly RegisteredSae[] {
    return this.#saes.filter(({ entry }) => matchesCertificate(entry.identity, names));
  }
}

function registered(entry: SaeEntry, policy: DeliveryPolicy, name: string): RegisteredSae {
  if (typeof entry.id !== "string" || entry.id === "" || entry.id.length > 256)
    throw wrong(`${name}.id`, "must be a text of 1 to 256 characters");
  const by = matchKind(entry.identity, `${name}.identity`);
  for (const quota of ["quotaBps", "quotaKeysPerS"] as const)
    if (entry[quota] !== undefined && !(Number.isFinite(entry[quota]) && entry[quota] > 0))
      throw wrong(`${name}.${quota}`, "must be above zero");
  if (entry.mode !== undefined && entry.origins !== undefined)
    throw wrong(`${name}.mode`, "says what origins says; name one of them");
  if (entry.onShortage !== undefined && entry.mode !== "hybrid")
    throw wrong(`${name}.onShortage`, "is of the mode hybrid alone");
  if (entry.origins !== undefined && entry.origins.length === 0)
    throw wrong(`${name}.origins`, "must name an origin");
  const { keySizeBits, minKeySizeBits, maxKeySizeBits, maxKeysPerRequest } = entry;
  const own = Object.entries({ keySizeBits, minKeySizeBits, maxKeySizeBits, maxKeysPerRequest });
  const given = Object.fromEntries(own.filter(([, value]) => value !== undefined));
  // Who prefers quantum keys takes the others unasked.
  const unasked = entry.mode === "prefer-qkd" ? { allowPqcFor: [entry.id] } : {};
  try {
    return { entry: withOrigins(entry), by, policy: completePolicy({ ...policy, ...given, ...unasked }) };
  } catch (cause) {
    throw wrong(name, cause instanceof Error ? cause.message : "is impossible", cause);
  }
}

function withOrigins(entry: SaeEntry): SaeEntry {
  return entry.mode === undefined
    ? entry
    : { ...entry, origins: originsOfMode(entry.mode, entry.onShortage) };
}

/** What no other entry may name. */
function identityMarks(identity: CertificateMatch): string[] {
  const hex = (value: string) => value.replaceAll(":", "").toLowerCase();
  if (identity.fingerprint !== undefined)
    return [identity.fingerprint].flat().map((print) => `fingerprint ${hex(print)}`);
  if (identity.serial !== undefined) return [`serial ${hex(identity.serial)}`];
  return Object.entries(identity).map(([kind, value]) => `${kind} ${value}`);
}

function wrong(field: string, sentence: string, cause?: unknown): ConfigError {
  return new ConfigError("QKD_CONFIG_INVALID", `${field}: ${sentence}`, {
    context: { field },
    ...(cause === undefined ? {} : { cause }),
  });
}

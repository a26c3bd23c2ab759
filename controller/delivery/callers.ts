import type { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { type CertificateNames, certificateFault, matchesCertificate, namesOf } from "../../trust/index.ts";
import type { CallerRules } from "./caller-rules.ts";
import { type DeliveryPolicy, listed, type ServedOrigin, WIDEST_CEILING } from "./delivery-policy.ts";
import { Refusal } from "./refusal.ts";
import { saeNameOf } from "./sae-identity.ts";
import { SaeQuota } from "./sae-quota.ts";
import type { SaeEntry } from "./sae-registry.ts";

/** The SAE behind a request. */
export interface Caller {
  readonly sae: string;
  /** The part of its certificate that it is known by. */
  readonly by: string;
  /** SHA-256 of its certificate. */
  readonly fingerprint: string;
  /** What it may ask. */
  readonly policy: DeliveryPolicy;
  /** Null for one that is served without being registered. */
  readonly entry: SaeEntry | null;
  readonly quota: SaeQuota | null;
  /** Origins whose keys it may get at most. */
  readonly origins: readonly ServedOrigin[];
}

/** Who came, and who was sent away and why; each told once. */
export type CallerNews =
  | { readonly type: "saeKnown"; readonly sae: string; readonly by: string; readonly fingerprint: string }
  | { readonly type: "callerRefused"; readonly reason: string; readonly fingerprint: string };

interface Known {
  readonly rules: CallerRules;
  readonly caller: Caller;
}

interface Speaker {
  readonly names: string;
  readonly untilMs: number;
}

/** Most certificates of which anything is remembered. */
const MOST_REMEMBERED = 4096;

/** Knows the SAE behind each connection. A certificate is read once a connection and judged anew at each request. */
export class Callers {
  #rules: CallerRules;
  readonly #tell: (news: CallerNews) => void;
  readonly #now: () => number;
  readonly #arrived = new WeakMap<object, CallerRules>();
  readonly #known = new WeakMap<object, Known>();
  readonly #speakers = new Map<string, Speaker>();
  readonly #quotas = new Map<string, { readonly rates: string; readonly quota: SaeQuota }>();
  readonly #told = new Set<string>();

  constructor(rules: CallerRules, now: () => number, tell: (news: CallerNews) => void) {
    this.#rules = rules;
    this.#now = now;
    this.#tell = tell;
  }

  /** From the next request on these rules hold, on connections that stand too. */
  renew(rules: CallerRules): void {
    this.#rules = rules;
    this.#speakers.clear();
    this.#told.clear();
  }

  /** A handshake is over: what TLS found of the certificate was found under the present rules. */
  arrive(socket: TLSSocket): void {
    this.#arrived.set(socket, this.#rules);
  }

  /** The caller; a 401 Refusal for one without a trusted certificate, and one that is no SAE of this site. */
  of(socket: TLSSocket): Caller {
    const rules = this.#rules;
    const known = this.#known.get(socket);
    const leaf = socket.authorized === true ? socket.getPeerX509Certificate() : undefined;
    if (leaf === undefined) throw new Refusal(401, "a client certificate that this KME trusts is required");
    const then = this.#arrived.get(socket) ?? rules;
    const fault = certificateFault(leaf, rules.trust, then.trust, this.#now());
    if (fault !== null) throw this.#refused(leaf, `the client certificate ${fault}`);
    if (known?.rules === rules) return known.caller;
    const caller = this.#identify(leaf, namesOf(leaf), rules);
    this.#known.set(socket, { rules, caller });
    const { sae, by, fingerprint } = caller;
    this.#once(`${sae} ${fingerprint}`, { type: "saeKnown", sae, by, fingerprint });
    return caller;
  }

  #identify(leaf: X509Certificate, names: CertificateNames, rules: CallerRules): Caller {
    const { registry, peers, policy } = rules;
    const ofSite =
      rules.own.some((own) => own.publicKey.equals(leaf.publicKey)) ||
      peers.some((peer) => matchesCertificate(peer, names));
    if (ofSite) throw this.#refused(leaf, "the client certificate is a KME's, not an SAE's");
    if (registry === null) {
      const name = saeNameOf(names, policy.saeIdentity);
      if (name === undefined) throw this.#refused(leaf, "the client certificate names no SAE");
      if (rules.kmeIds.includes(name.sae))
        throw this.#refused(leaf, "the client certificate is a KME's, not an SAE's");
      if (!listed(policy.allowedSaes, name.sae)) throw this.#refused(leaf, "this SAE is not registered here");
      this.#claim(name.sae, leaf);
      return {
        ...name,
        fingerprint: names.fingerprint,
        policy,
        entry: null,
        quota: null,
        origins: WIDEST_CEILING,
      };
    }
    const [found, another] = registry.identify(names);
    if (found === undefined) throw this.#refused(leaf, "this SAE is not registered here");
    if (another !== undefined)
      throw this.#refused(leaf, "the client certificate is that of several SAEs of this KME");
    const { entry, by } = found;
    // A list of fingerprints says itself which certificates are one SAE's.
    if (by !== "fingerprint") this.#claim(entry.id, leaf);
    return {
      sae: entry.id,
      by,
      fingerprint: names.fingerprint,
      policy: found.policy,
      entry,
      quota: this.#quotaOf(entry),
      origins: entry.origins ?? (listed(policy.allowPqcFor, entry.id) ? WIDEST_CEILING : ["qkd"]),
    };
  }

  /**
   * Two certificates of different names may not speak for one SAE: who comes first stands while its certificate is valid.
   * A certificate that was renewed keeps issuer, subject and alternative names.
   */
  #claim(sae: string, leaf: X509Certificate): void {
    const names = JSON.stringify([leaf.issuer, leaf.subject, leaf.subjectAltName]);
    const speaker = this.#speakers.get(sae);
    if (speaker !== undefined && speaker.names !== names && speaker.untilMs >= this.#now())
      throw this.#refused(
        leaf,
        "another certificate speaks for this SAE already; register SAEs by fingerprint",
      );
    this.#speakers.set(sae, {
      names,
      untilMs: leaf.validToDate.getTime(),
    });
  }

  /** One quota an SAE, whatever connections it opens; it stays as long as its rates. */
  #quotaOf({ id, quotaBps, quotaKeysPerS }: SaeEntry): SaeQuota | null {
    if (quotaBps === undefined && quotaKeysPerS === undefined) return null;
    const rates = `${quotaBps} ${quotaKeysPerS}`;
    const held = this.#quotas.get(id);
    if (held?.rates === rates) return held.quota;
    const quota = new SaeQuota({ quotaBps, quotaKeysPerS }, this.#now());
    this.#quotas.set(id, { rates, quota });
    return quota;
  }

  #refused(leaf: X509Certificate, reason: string): Refusal {
    const fingerprint = leaf.fingerprint256;
    this.#once(`${reason} ${fingerprint}`, { type: "callerRefused", reason, fingerprint });
    return new Refusal(401, reason);
  }

  #once(name: string, news: CallerNews): void {
    if (this.#told.has(name)) return;
    if (this.#told.size >= MOST_REMEMBERED) this.#told.clear();
    this.#told.add(name);
    this.#tell(news);
  }
}

import type { Transceiver } from "../../drivers/index.ts";
import type { AuthRecovery, Combiner, KemName, SecretBytes } from "../../protocol/index.ts";
import type { PeerLimits } from "../listener/listener-limits.ts";
import type { PeerCredentials } from "../peer/peer-credentials.ts";
import type { PeerTap } from "../peer/recorded-channel.ts";
import type { EpsilonBudget } from "../policy/epsilon-budget.ts";
import type { FallbackPolicy } from "../policy/fallback/fallback-policy.ts";
import type { HealthPolicy } from "../policy/health/health-settings.ts";
import type { DistillationSettings } from "../sources/distillation/index.ts";

/** Everything one end of a link needs beside its key store. */
export interface LinkOptions {
  /** The transceiver at this end: a QTX makes it Alice, a QRX makes it Bob. It stays the caller's to close. */
  readonly transceiver: Transceiver;
  /** Address of the other site's controller, `tls://host:port`; exactly one site dials. */
  readonly peer?: string;
  /** Address to wait for the other site on, `tls://host:port`, port 0 for any. */
  readonly peerListen?: string;
  readonly credentials: PeerCredentials;
  /** Time-out and number of connections at the port that waits for the other site. */
  readonly peerLimits?: Partial<PeerLimits>;
  /** Pre-placed secret of the link, equal at both sites and of no other link; see `createLinkSecretFile`. */
  readonly secret: SecretBytes;
  /** Names the link at both sites; default: what the transceiver says. */
  readonly linkId?: string;
  /** Both sites need equal settings; the losses in `link` are what the health policy expects. */
  readonly distillation: DistillationSettings;
  /** Keys older than this are destroyed; default: never. */
  readonly maxKeyAgeMs?: number;
  /** Frames that the transceiver may send ahead (default 64, or as many as it can) and detections of each. */
  readonly keyExchange?: { readonly creditFrames?: number; readonly detectionsPerFrame?: number };
  /** When the link counts as degraded or down; the expectation comes from `distillation.link`. */
  readonly health?: Partial<Omit<HealthPolicy, "expected">>;
  /** When post-quantum keys take over. */
  readonly fallback?: Partial<FallbackPolicy>;
  /**
   * What is done when the authentication reserve is used up, equal at both sites: `manual` (default) waits for a fresh
   * secret; `computational` refills it by ML-KEM-1024 and X25519, and every key says so from then on.
   */
  readonly authRecovery?: AuthRecovery;
  /** Key encapsulation of post-quantum keys, equal at both sites; default ML-KEM-768. */
  readonly kem?: KemName;
  /**
   * How hybrid keys are made of a quantum and a post-quantum key, equal at both sites: `kdf` (default) by HKDF-SHA-384;
   * `xor` bit by bit, which keeps the information-theoretic secrecy of the quantum key.
   */
  readonly combiner?: Combiner;
  /** How much failure probability the link may sum up under one secret; default: any. */
  readonly epsilonBudget?: EpsilonBudget;
  /** Post-quantum key kept ready at this site, bits; default 2^20. */
  readonly pqcReserveBits?: number;
  /** Called with every message between the controllers in words, keys and tags left out; for looking for faults. */
  readonly trace?: (line: string) => void;
  /** Called with every message between the controllers for a recording; tags, proofs and ciphertexts are zeros in it. */
  readonly peerTap?: PeerTap;
  /** Whether what this site tells of itself reaches nobody any more; asked at each status, which then says so. */
  readonly logLost?: () => boolean;
  /** Derives every random choice from this text, so that runs repeat. For development: the keys are not secret. */
  readonly developmentSeed?: string;
}

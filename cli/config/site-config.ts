import type {
  BuiltElement,
  DeliveryLimits,
  DeliveryPolicy,
  PeerCredentials,
  PeerLimits,
  SaeEntry,
  SnmpUser,
  SyslogOptions,
} from "../../controller/index.ts";

type PeerIdentity = NonNullable<PeerCredentials["peerIdentity"]>;

/** One site's configuration as the file states it; see SITE_SCHEMA for meaning and ranges. */
export interface SiteConfig {
  readonly site: "alice" | "bob";
  readonly linkId: string;
  readonly transceiver: {
    readonly address: string;
    readonly telemetry?: string;
    readonly authority?: string;
    readonly certificate?: string;
    readonly privateKey?: string;
    readonly serverName?: string;
    readonly detectionsPerFrame?: number;
    readonly creditFrames?: number;
  };
  readonly peer: {
    readonly listen?: string;
    readonly connect?: string;
    readonly certificate: string;
    readonly privateKey: string;
    readonly authority: string;
    readonly crl?: string;
    readonly groups?: readonly string[];
    readonly limits?: Partial<PeerLimits>;
    readonly identity?: PeerIdentity;
    readonly secretFile: string;
  };
  readonly link: {
    readonly preset: string;
    readonly lossDb?: number;
    readonly clockHz?: number;
    readonly blockBits?: number;
    readonly epsilonSecrecy?: number;
    readonly epsilonCorrectness?: number;
    readonly maxLeakFraction?: number;
  };
  readonly store: {
    readonly path: string;
    readonly keyFile: string;
    readonly capacityBits?: number;
    readonly maxAgeS?: number;
    readonly fetchTtlS?: number;
    readonly acceptDataJournal?: boolean;
  };
  readonly delivery: {
    readonly listen: string;
    readonly certificate: string;
    readonly privateKey: string;
    readonly authority: string;
    readonly crl?: string;
    readonly groups?: readonly string[];
    readonly limits?: Partial<DeliveryLimits>;
    readonly saeIdentity?: DeliveryPolicy["saeIdentity"];
    readonly minTlsVersion?: "TLSv1.2" | "TLSv1.3";
    readonly kmeId: string;
    readonly peerKmeId: string;
    readonly allowPqcFor?: readonly string[];
    readonly stockDuringFallback?: "serve" | "refuse";
    readonly redeliveryWindowS?: number;
  };
  readonly policy?: {
    readonly authRecovery?: "manual" | "computational";
    readonly kem?: "ML-KEM-768" | "ML-KEM-1024";
    readonly combiner?: "kdf" | "xor";
    readonly epsilonBudget?: { readonly perYear?: number; readonly total?: number; readonly stop?: boolean };
    readonly poolLowBits?: number;
    readonly fallbackBelowBits?: number;
    readonly poolClearBits?: number;
    readonly pqcReserveBits?: number;
    readonly maxQber?: number;
    readonly minSecretKeyRateBps?: number;
    readonly rekeyIntervalMs?: number;
    readonly linkDownAfterMs?: number;
    readonly linkUpAfterMs?: number;
    readonly fallbackClearAfterMs?: number;
  };
  readonly dashboard?: {
    readonly listen: string;
    readonly certificate?: string;
    readonly privateKey?: string;
    readonly authority?: string;
    readonly crl?: string;
    readonly names?: readonly string[];
    readonly elements?: readonly {
      readonly kind: BuiltElement["kind"];
      readonly name: string;
      readonly detail?: string;
      readonly lossDb: number;
    }[];
    readonly emulator?: string;
    /** File of the healthy link that the site compares itself with. */
    readonly baseline?: string;
  };
  /** To whom alarms are told beside the dashboard. */
  readonly alarms?: {
    readonly syslog?: {
      readonly address: string;
      readonly authority?: string;
      readonly crl?: string;
      readonly certificate?: string;
      readonly privateKey?: string;
      readonly serverName?: string;
      readonly facility?: NonNullable<SyslogOptions["facility"]>;
      readonly hostname?: string;
    };
    readonly snmp?: {
      readonly address: string;
      readonly user?: string;
      readonly authPassphraseFile?: string;
      readonly privPassphraseFile?: string;
      readonly authProtocol?: NonNullable<SnmpUser["authProtocol"]>;
      readonly privProtocol?: NonNullable<SnmpUser["privProtocol"]>;
      readonly communityFile?: string;
      readonly confirm?: boolean;
    };
    readonly enterprise?: string;
  };
  /** NATS servers that events are told to. */
  readonly nats?: {
    readonly servers: readonly string[];
    readonly authority?: string;
    readonly crl?: string;
    readonly certificate?: string;
    readonly privateKey?: string;
    /** File with the user's credentials (JWT and seed). */
    readonly credentialsFile?: string;
    readonly network?: string;
    readonly stream?: string;
    readonly telemetryS?: number;
  };
  /** The applications that are served; all that the authority signed when absent. */
  readonly saes?: readonly SaeEntry[];
  /** What unit and controllers say is recorded there, without key. */
  readonly recording?: { readonly folder: string };
  readonly developmentSeed?: string;
}

/** The same with what was wrong left out, so that the rest can still be looked at. */
export type Draft<T> = T extends readonly (infer U)[]
  ? readonly Draft<U>[]
  : T extends object
    ? { readonly [K in keyof T]?: Draft<T[K]> | undefined }
    : T;

export type SiteDraft = Draft<SiteConfig>;

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import { type Document, isMap, LineCounter, parseDocument } from "yaml";
import type {
  DeliveryLimits,
  DeliveryPolicy,
  PeerCredentials,
  PeerLimits,
  SaeEntry,
} from "../../controller/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { SITE_SCHEMA } from "./site-schema.ts";

type PeerIdentity = NonNullable<PeerCredentials["peerIdentity"]>;

/** One site's configuration as the file states it; see SITE_SCHEMA for meaning and ranges. */
export interface SiteConfig {
  readonly site: "alice" | "bob";
  readonly linkId: string;
  readonly transceiver: {
    readonly address: string;
    readonly telemetry?: string;
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
  /** The applications that are served; all that the authority signed when absent. */
  readonly saes?: readonly SaeEntry[];
  readonly developmentSeed?: string;
}

const validate = new Ajv({ allErrors: true }).compile<SiteConfig>(SITE_SCHEMA);

/** Parses and validates a configuration text; errors name the file, the line and the path of the bad field. */
export function parseSiteConfig(text: string, file: string): SiteConfig {
  const lines = new LineCounter();
  // A key that is no text is refused by the schema: the parser's warning of it belongs to nobody's log.
  const document = parseDocument(text, { lineCounter: lines, logLevel: "error" });
  const syntax = document.errors[0];
  if (syntax !== undefined)
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `${file}: ${syntax.message.split("\n")[0]}`, {
      cause: syntax,
    });
  if (!isMap(document.contents))
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `${file} holds no configuration`);
  const value = plainData(document, file);
  if (!validate(value)) {
    const error = mostTelling(validate.errors ?? []);
    const path = fieldPath(error);
    const node = document.getIn(
      path.filter((key) => key !== error.params.missingProperty),
      true,
    );
    const offset = (node as { range?: [number, number, number] } | undefined)?.range?.[0] ?? 0;
    throw new ConfigError(
      "QKD_CONFIG_INVALID",
      `${file}:${lines.linePos(offset).line}: ${path.join(".")} ${reason(error)}`,
      {
        context: { field: path.join(".") },
      },
    );
  }
  if ((value.peer.listen === undefined) === (value.peer.connect === undefined))
    throw new ConfigError("QKD_CONFIG_INVALID", `${file}: peer needs exactly one of listen and connect`, {
      context: { field: "peer" },
    });
  return value;
}

/** What a document says, as data; an alias without its anchor, or far too many of them, cannot be. */
function plainData(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new ConfigError(
      "QKD_CONFIG_UNREADABLE",
      `${file} refers to a part that it does not name, or too often`,
      { cause },
    );
  }
}

/** Reads a configuration file and makes the file names in it absolute. */
export function readSiteConfig(file: string): SiteConfig {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `cannot read ${file}`, { cause });
  }
  const config = parseSiteConfig(text, file);
  const at = (name: string): string => resolve(dirname(file), name);
  return {
    ...config,
    peer: {
      ...config.peer,
      certificate: at(config.peer.certificate),
      privateKey: at(config.peer.privateKey),
      authority: at(config.peer.authority),
      ...(config.peer.crl === undefined ? {} : { crl: at(config.peer.crl) }),
      secretFile: at(config.peer.secretFile),
    },
    store: { ...config.store, path: at(config.store.path), keyFile: at(config.store.keyFile) },
    delivery: {
      ...config.delivery,
      certificate: at(config.delivery.certificate),
      privateKey: at(config.delivery.privateKey),
      authority: at(config.delivery.authority),
      ...(config.delivery.crl === undefined ? {} : { crl: at(config.delivery.crl) }),
    },
  };
}

/** An unknown name explains more than the missing one it was meant to be. */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject {
  const unknown = errors.find((error) => error.keyword === "additionalProperties");
  return unknown ?? (errors[0] as ErrorObject);
}

function fieldPath(error: ErrorObject): string[] {
  const extra = error.params.additionalProperty ?? error.params.missingProperty;
  const path = error.instancePath.split("/").slice(1);
  return extra === undefined ? path : [...path, String(extra)];
}

function reason(error: ErrorObject): string {
  if (error.keyword === "additionalProperties") return "is not a known field";
  if (error.keyword === "required") return "is missing";
  if (error.keyword === "enum")
    return `must be one of ${(error.params.allowedValues as string[]).join(", ")}`;
  return error.message ?? "is invalid";
}

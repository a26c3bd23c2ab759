import { dirname } from "node:path";
import { ConfigError } from "../../../errors/index.ts";
import type { SecretBytes } from "../../../protocol/index.ts";
import { keyPoolOver } from "../contract-calls.ts";
import { mediumOf, refuseDataJournal } from "../deletion/medium.ts";
import type { OpenKeyPool, SiteRole } from "../key-pool.ts";
import { MAX_PRE_PLACED_SECRET_BYTES, MIN_PRE_PLACED_SECRET_BYTES } from "../link-secret.ts";
import { KEY_FILE_BYTES, readSecretFile } from "../secret-file.ts";
import { StoreThread } from "./store-thread.ts";

/** How to open one site's key pool. */
export interface KeyPoolOptions {
  /** The database file; created when missing. */
  readonly path: string;
  /** File of 32 random bytes, mode 0600, made by `createKeyFile`; without it the store cannot be read. */
  readonly keyFile: string;
  readonly site: SiteRole;
  /** Names the link; a store belongs to one link and site. */
  readonly linkId: string;
  /**
   * The secret placed at both sites beforehand, whole, of an even length between MIN_ and
   * MAX_PRE_PLACED_SECRET_BYTES: 32 bytes link key, then the pads Alice to Bob, then Bob to Alice. A fresh store
   * needs a fresh secret, or pads would be used twice. Not changed, not kept.
   */
  readonly linkSecret: SecretBytes;
  /** Most bits held per origin; default 2^30. */
  readonly capacityBits?: number;
  /** How long a fetched key may be fetched again under the same ID by the same SAE; default 10 000, 0 = never. */
  readonly redeliveryMs?: number;
  /** Most bytes of the database file; default no limit. */
  readonly maxBytes?: number;
  /** Audit entries kept; default 1 000 000. */
  readonly auditRows?: number;
  /** True: also on a file system mounted `data=journal`, whose journal keeps delivered keys readable; default false. */
  readonly acceptDataJournal?: boolean;
  /**
   * The file that knows how far keys and pads may have left, whatever happens to the database; default: the database's
   * path with `.anchor` behind it. Copies and backups of either must never be put back.
   */
  readonly anchorPath?: string;
  /**
   * Least bytes of a half that may leave between two writes of that file, and so are lost in a crash; more after more
   * use in a second. 0 = each use is written. Default 4096.
   */
  readonly leaseBytes?: number;
}

const DEFAULT_CAPACITY_BITS = 2 ** 30;
const DEFAULT_REDELIVERY_MS = 10_000;
const DEFAULT_AUDIT_ROWS = 1_000_000;
const SWEEP_EVERY_MS = 1000;

/**
 * Opens one site's durable key store in a worker thread.
 * KeyStoreError QKD_KEYSTORE_LOCKED when another process has it open, QKD_KEYSTORE_UNREADABLE for a damaged file or
 * a key file that does not fit, QKD_KEYSTORE_CONFLICT for the store of another site or link or a secret used before,
 * QKD_KEYSTORE_FULL without disk space, QKD_KEYSTORE_MEDIUM on a file system that journals data; ConfigError for
 * impossible options. On a file system that is not known to write over a file in place it warns (`process.emitWarning`).
 */
export async function openKeyPool(options: KeyPoolOptions): Promise<OpenKeyPool> {
  checkOptions(options);
  checkMedium(options);
  const kek = readSecretFile(options.keyFile, KEY_FILE_BYTES);
  const { path, linkId, site, maxBytes } = options;
  const thread = await StoreThread.open({
    settings: {
      path,
      linkId,
      site,
      kek: kek.reveal(),
      linkSecret: options.linkSecret.reveal(),
      capacityBits: options.capacityBits ?? DEFAULT_CAPACITY_BITS,
      redeliveryMs: options.redeliveryMs ?? DEFAULT_REDELIVERY_MS,
      auditRows: options.auditRows ?? DEFAULT_AUDIT_ROWS,
      ...(maxBytes === undefined ? {} : { maxBytes }),
      ...(options.anchorPath === undefined ? {} : { anchorPath: options.anchorPath }),
      ...(options.leaseBytes === undefined ? {} : { leaseBytes: options.leaseBytes }),
    },
    sweepEveryMs: SWEEP_EVERY_MS,
  }).finally(() => kek.wipe());
  return keyPoolOver(thread.carry);
}

/** What was delivered is gone only where the root is written over in place. */
function checkMedium({ path, acceptDataJournal = false }: KeyPoolOptions): void {
  const folder = dirname(path);
  const medium = mediumOf(folder);
  if (!acceptDataJournal) refuseDataJournal(medium, folder);
  if (medium.overwritesInPlace) return;
  process.emitWarning(
    `the file system of ${folder} (type ${medium.fileSystem}) may keep what is overwritten: delivered keys may stay readable`,
    { code: "QKD_KEYSTORE_MEDIUM" },
  );
}

function checkOptions(options: KeyPoolOptions): void {
  const secretBytes = options.linkSecret.length;
  const count = (value: number | undefined, least: number) =>
    value === undefined || (Number.isSafeInteger(value) && value >= least);
  const wrong =
    (options.path === "" && "path: must name a file") ||
    (options.linkId === "" && "linkId: must not be empty") ||
    ((secretBytes < MIN_PRE_PLACED_SECRET_BYTES ||
      secretBytes > MAX_PRE_PLACED_SECRET_BYTES ||
      secretBytes % 2) &&
      `linkSecret: needs an even length of ${MIN_PRE_PLACED_SECRET_BYTES} to ${MAX_PRE_PLACED_SECRET_BYTES} bytes`) ||
    (!count(options.capacityBits, 512) && "capacityBits: must be a whole number of at least 512") ||
    (!count(options.redeliveryMs, 0) && "redeliveryMs: must be a whole number of at least 0") ||
    (!count(options.maxBytes, 8 * 2 ** 20) && "maxBytes: must be a whole number of at least 8388608") ||
    (options.anchorPath === "" && "anchorPath: must name a file") ||
    (!count(options.leaseBytes, 0) && "leaseBytes: must be a whole number of at least 0") ||
    (!count(options.auditRows, 1000) && "auditRows: must be a whole number of at least 1000");
  if (wrong) throw new ConfigError("QKD_CONFIG_INVALID", wrong);
}

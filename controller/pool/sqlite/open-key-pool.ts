import { dirname } from "node:path";
import { ConfigError } from "../../../errors/index.ts";
import { checkOptions, maybe, type RulesOf, rule } from "../../../options/index.ts";
import { SecretBytes } from "../../../protocol/index.ts";
import { keyPoolOver } from "../contract-calls.ts";
import { mediumOf, refuseDataJournal } from "../deletion/medium.ts";
import type { BlockEpsilon, OpenKeyPool, SiteRole } from "../key-pool.ts";
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
  /** Stock per origin that this store is filled to, in bits, half of it for each site to hand out; default 2^30. */
  readonly capacityBits?: number;
  /** How long a fetched key may be fetched again under the same ID by the same SAE; default 10 000, 0 = never. */
  readonly redeliveryMs?: number;
  /** How long keys of a half that the other site has handed out to its end are kept for fetching; default an hour. */
  readonly fetchTtlMs?: number;
  /** Most bytes of the database file; default no limit. */
  readonly maxBytes?: number;
  /** What an attempt at a block risks, at least, that ended with the site: it left no trace but its pads. */
  readonly epsilonOfAttempt?: BlockEpsilon;
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
  checkKeyPoolOptions(options);
  const thread = await openStoreThread(options, null);
  return keyPoolOver(thread.carry);
}

/** What is kept of one pair, as the store's thread gets it. The secret is copied on the way there. */
export function pairSettings(options: PairOptions) {
  return {
    linkId: options.linkId,
    site: options.site,
    linkSecret: options.linkSecret.reveal(),
    capacityBits: options.capacityBits ?? DEFAULT_CAPACITY_BITS,
    redeliveryMs: options.redeliveryMs ?? DEFAULT_REDELIVERY_MS,
    ...(options.fetchTtlMs === undefined ? {} : { fetchTtlMs: options.fetchTtlMs }),
    ...(options.leaseBytes === undefined ? {} : { leaseBytes: options.leaseBytes }),
    ...(options.epsilonOfAttempt === undefined ? {} : { epsilonOfAttempt: options.epsilonOfAttempt }),
  };
}

/**
 * Starts the store's thread with its first pair. `many`: a store of other pairs takes this one in, and the anchor of a store
 * of one pair is taken over.
 */
export async function openStoreThread(
  options: KeyPoolOptions,
  many: { readonly formerAnchorPath: string } | null,
): Promise<StoreThread> {
  checkMedium(options);
  const { path, maxBytes, anchorPath } = options;
  const kek = readSecretFile(options.keyFile, KEY_FILE_BYTES);
  return StoreThread.open({
    settings: {
      ...pairSettings(options),
      path,
      manyPairs: many !== null,
      ...(many ?? {}),
      kek: kek.reveal(),
      keyFile: options.keyFile,
      auditRows: options.auditRows ?? DEFAULT_AUDIT_ROWS,
      ...(maxBytes === undefined ? {} : { maxBytes }),
      ...(anchorPath === undefined ? {} : { anchorPath }),
    },
    sweepEveryMs: SWEEP_EVERY_MS,
  }).finally(() => kek.wipe());
}

/** What of the options belongs to a pair. */
export type PairOptions = Pick<
  KeyPoolOptions,
  | "linkId"
  | "site"
  | "linkSecret"
  | "capacityBits"
  | "redeliveryMs"
  | "fetchTtlMs"
  | "leaseBytes"
  | "epsilonOfAttempt"
>;

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

const SECRET = rule.instance(SecretBytes, "SecretBytes, as readLinkSecretFile gives them");
const count = (least: number) => maybe(rule.whole(least, Number.MAX_SAFE_INTEGER));
const SHARE = rule.number(0, 1);

const RULES: RulesOf<KeyPoolOptions> = {
  path: rule.text("the path of a database file"),
  keyFile: rule.text("the path of a key file"),
  site: rule.choice("alice", "bob"),
  linkId: rule.text(),
  linkSecret: SECRET,
  capacityBits: count(512),
  redeliveryMs: count(0),
  fetchTtlMs: count(1000),
  maxBytes: count(8 * 2 ** 20),
  epsilonOfAttempt: maybe(
    rule.object<BlockEpsilon>({ secrecy: SHARE, correctness: SHARE, authentication: SHARE }),
  ),
  auditRows: count(1000),
  acceptDataJournal: maybe(rule.flag),
  anchorPath: maybe(rule.text("the path of a file")),
  leaseBytes: count(0),
};

/** ConfigError for options that no store can be opened with. */
export function checkKeyPoolOptions(options: KeyPoolOptions): void {
  checkOptions("the options of openKeyPool", options, RULES);
  const { length } = options.linkSecret;
  if (length >= MIN_PRE_PLACED_SECRET_BYTES && length <= MAX_PRE_PLACED_SECRET_BYTES && length % 2 === 0)
    return;
  throw new ConfigError(
    "QKD_CONFIG_INVALID",
    `linkSecret needs an even length of ${MIN_PRE_PLACED_SECRET_BYTES} to ${MAX_PRE_PLACED_SECRET_BYTES} bytes`,
  );
}

import { ConfigError } from "../../../errors/index.ts";
import { checkOptions, maybe, type RulesOf, rule } from "../../../options/index.ts";
import { collectorAddress } from "./syslog-options.ts";

/** A user of SNMPv3 at the receiver (RFC 3414): messages are authenticated and encrypted. */
export interface SnmpUser {
  readonly name: string;
  /** Passphrases of 8 characters at least. */
  readonly authPassphrase: string;
  readonly privPassphrase: string;
  /** Default SHA-256 (RFC 7860). */
  readonly authProtocol?: "sha" | "sha224" | "sha256" | "sha384" | "sha512";
  /** Default AES-128 (RFC 3826); AES-256 as most makers have it. */
  readonly privProtocol?: "aes" | "aes256";
}

/** A receiver of SNMP notifications. */
export interface SnmpOptions {
  /** `udp://host:port`. */
  readonly address: string;
  /** SNMPv3 goes with a user, SNMPv2c with a community, which everybody on the way can read. */
  readonly user?: SnmpUser;
  readonly community?: string;
  /** False sends traps, which nobody confirms, instead of informs; only with a community. Default true. */
  readonly confirm?: boolean;
}

const SECRET = rule.anyText("a text");

export const SNMP_RULES: RulesOf<SnmpOptions> = {
  address: rule.text("udp://host:port"),
  user: maybe(
    rule.object<SnmpUser>({
      name: rule.text("a user's name"),
      authPassphrase: SECRET,
      privPassphrase: SECRET,
      authProtocol: maybe(rule.choice("sha", "sha224", "sha256", "sha384", "sha512")),
      privProtocol: maybe(rule.choice("aes", "aes256")),
    }),
  ),
  community: maybe(SECRET),
  confirm: maybe(rule.flag),
};

/** RFC 3414 section 11.2. */
const LEAST_PASSPHRASE = 8;

/** ConfigError naming the member that is impossible. */
export function checkSnmp(options: SnmpOptions): void {
  checkOptions("alarms.snmp", options, SNMP_RULES);
  collectorAddress(options.address, "alarms.snmp.address", ["udp"]);
  const { user, community, confirm = true } = options;
  if ((user === undefined) === (community === undefined))
    throw invalid(
      "alarms.snmp needs exactly one of user and community",
      "name a user (SNMPv3), which is encrypted",
    );
  if (community !== undefined && !/^[\x21-\x7e]{1,255}$/.test(community))
    throw invalid("alarms.snmp.community is no word of 255 characters at most", "give a word of US-ASCII");
  if (user === undefined) return;
  if (!confirm)
    throw invalid(
      "alarms.snmp.confirm: false does not go with a user",
      "take it out: a trap of SNMPv3 could be replayed, an inform cannot",
    );
  for (const name of ["authPassphrase", "privPassphrase"] as const)
    if (user[name].length < LEAST_PASSPHRASE)
      throw invalid(
        `alarms.snmp.user.${name} has less than ${LEAST_PASSPHRASE} characters`,
        "choose a longer one",
      );
}

function invalid(message: string, remedy: string): ConfigError {
  return new ConfigError("QKD_CONFIG_INVALID", message, { remedy });
}

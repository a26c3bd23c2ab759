import { checkOptions, maybe, partly, type RulesOf, rule } from "../../options/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { DELIVERY_RULES } from "../delivery/delivery-options.ts";
import type { ControllerOptions } from "../link/controller-options.ts";
import { PEER_LIMITS_RULES, type PeerLimits } from "../listener/listener-limits.ts";
import { CREDENTIALS_RULES, type PeerCredentials } from "../peer/peer-credentials.ts";
import { BUDGET_RULES } from "../policy/check-epsilon-budget.ts";
import type { EpsilonBudget } from "../policy/epsilon-budget.ts";
import { FALLBACK_RULE } from "../policy/fallback/fallback-rules.ts";
import { HEALTH_RULE } from "../policy/health/health-rules.ts";
import { type DistillationSettings, SETTINGS_RULES } from "../sources/distillation/index.ts";

const { keys: _keys, told: _told, ...SERVED } = DELIVERY_RULES;
/** The key pool has its own say about these numbers. */
const NUMBER = maybe(rule.anyNumber);

const RULES: RulesOf<ControllerOptions> = {
  transceiver: rule.like({ identity: rule.like({ role: rule.choice("qtx", "qrx") }) }, "an open transceiver"),
  peer: maybe(rule.text("tls://host:port")),
  peerListen: maybe(rule.text("tls://host:port")),
  credentials: rule.open<PeerCredentials>(CREDENTIALS_RULES),
  peerLimits: maybe(rule.object<PeerLimits>(partly(PEER_LIMITS_RULES))),
  secret: rule.instance(SecretBytes, "SecretBytes, as readLinkSecretFile gives them"),
  store: rule.text("the path of a database file"),
  keyFile: rule.text("the path of a key file"),
  linkId: maybe(rule.text()),
  distillation: rule.object<DistillationSettings>(SETTINGS_RULES),
  capacityBits: NUMBER,
  maxKeyAgeMs: maybe(rule.number(1, Number.MAX_SAFE_INTEGER)),
  acceptDataJournal: maybe(rule.flag),
  redeliveryMs: NUMBER,
  fetchTtlMs: NUMBER,
  keyExchange: maybe(
    rule.object<NonNullable<ControllerOptions["keyExchange"]>>({
      creditFrames: maybe(rule.whole(1, 2 ** 16)),
      detectionsPerFrame: maybe(rule.whole(1, 2 ** 32)),
    } satisfies RulesOf<NonNullable<ControllerOptions["keyExchange"]>>),
  ),
  health: HEALTH_RULE,
  fallback: FALLBACK_RULE,
  authRecovery: maybe(rule.choice("manual", "computational")),
  kem: maybe(rule.choice("ML-KEM-768", "ML-KEM-1024")),
  combiner: maybe(rule.choice("kdf", "xor")),
  epsilonBudget: maybe(rule.object<EpsilonBudget>(BUDGET_RULES)),
  pqcReserveBits: maybe(rule.number(0, Number.MAX_SAFE_INTEGER)),
  delivery: maybe(rule.object<NonNullable<ControllerOptions["delivery"]>>(SERVED)),
  name: maybe(rule.text()),
  trace: maybe(rule.callback),
  peerTap: maybe(rule.callback),
  logLost: maybe(rule.callback),
  developmentSeed: maybe(rule.text()),
};

/** ConfigError QKD_CONFIG_INVALID naming the option that cannot be meant. */
export function checkControllerOptions(options: ControllerOptions): void {
  checkOptions("the options of createController", options, RULES);
}

import "./need-node.ts";

export type { CallerOptions } from "./delivery/caller-rules.ts";
export type { CallerNews } from "./delivery/callers.ts";
export type { DeliveryOptions } from "./delivery/delivery-options.ts";
export {
  completePolicy,
  DEFAULT_DELIVERY_POLICY,
  type DeliveryPolicy,
  originsOfMode,
  type PolicyMode,
  type SaeIdentitySource,
} from "./delivery/delivery-policy.ts";
export {
  createDeliveryServer,
  type DeliveryServer,
} from "./delivery/delivery-server.ts";
export type { DeliveryTls } from "./delivery/delivery-tls.ts";
export type { SaeUsage } from "./delivery/delivery-usage.ts";
export { saeNameOf } from "./delivery/sae-identity.ts";
export type { SaeEntry } from "./delivery/sae-registry.ts";
export type { KeySource } from "./delivery/take-keys.ts";
export type * from "./events.ts";
export type * from "./link/controller.ts";
export type * from "./link/controller-options.ts";
export type * from "./link/key-access.ts";
export { type LedgerReport, ledgerFileOf } from "./link/ledger-file.ts";
export type { LinkOptions } from "./link/link-options.ts";
export type { SiteCondition } from "./link/link-watch.ts";
export type { SiteTrust } from "./link/site-trust.ts";
export {
  DEFAULT_DELIVERY_LIMITS,
  DEFAULT_PEER_LIMITS,
  type DeliveryLimits,
  type PeerLimits,
} from "./listener/listener-limits.ts";
export { openFilesLimit } from "./listener/open-files.ts";
export { createController } from "./node/create-controller.ts";
export type * from "./outlets/api/index.ts";
export type { BusOptions, BusTls } from "./outlets/bus/bus-options.ts";
export type { AlarmOptions } from "./outlets/collectors/alarm-options.ts";
export type { CollectorNews } from "./outlets/collectors/collector-connection.ts";
export type { SnmpOptions, SnmpUser } from "./outlets/collectors/snmp-options.ts";
export type { CollectorAddress, SyslogOptions, SyslogTls } from "./outlets/collectors/syslog-options.ts";
export { createDashboard, createOutlets, type Outlets, type OutletsTrust } from "./outlets/create-outlets.ts";
export type { Dashboard } from "./outlets/dashboard.ts";
export { explainSite, type SiteExplainer } from "./outlets/explaining/explain-site.ts";
export type { ExplainingOptions } from "./outlets/explaining/explaining-options.ts";
export type { RaisedIndicator } from "./outlets/explaining/health-indicators.ts";
export type { DashboardAddress } from "./outlets/http/dashboard-server.ts";
export type { DashboardTls } from "./outlets/http/dashboard-tls.ts";
export { alarmFileOf } from "./outlets/kept/alarm-file.ts";
export { kpiFileOf } from "./outlets/kept/kpi-file.ts";
export type { DashboardOptions, DashboardPlace, OutletsOptions } from "./outlets/outlets-options.ts";
export type { WatchOptions } from "./outlets/watch/watch-options.ts";
export type * from "./peer/peer-channel.ts";
export type { PeerCredentials } from "./peer/peer-credentials.ts";
export { dialPeer, type PeerAddress, parsePeerAddress } from "./peer/peer-tls.ts";
export type { PeerTap } from "./peer/recorded-channel.ts";
export * from "./peer/tls-peer-channel.ts";
export type { BudgetUse, EpsilonBudget } from "./policy/epsilon-budget.ts";
export {
  type FallbackInput,
  type FallbackState,
  fallbackStep,
  INITIAL_FALLBACK,
} from "./policy/fallback/fallback-machine.ts";
export { DEFAULT_FALLBACK_POLICY, type FallbackPolicy } from "./policy/fallback/fallback-policy.ts";
export type { FallbackView } from "./policy/fallback/fallback-view.ts";
export { backgroundLight, eavesdropperIndicators } from "./policy/health/eavesdropper-indicators.ts";
export {
  type HealthInput,
  healthStep,
  INITIAL_HEALTH,
  isSuspect,
  type LinkHealth,
  type LinkLevel,
} from "./policy/health/health-policy.ts";
export { DEFAULT_HEALTH_POLICY, type HealthPolicy } from "./policy/health/health-settings.ts";
export {
  DEFAULT_THRESHOLDS,
  type Indicator,
  type IndicatorThresholds,
} from "./policy/health/indicator.ts";
export { expectationOf, type LinkExpectation } from "./policy/health/link-expectation.ts";
export {
  type KeyChoice,
  type KeyChoiceInput,
  type KeyStep,
  type KeyTerms,
  type KeyWish,
  keyChoice,
  type NoKeyReason,
} from "./policy/key-choice.ts";
export type * from "./pool/key-pool.ts";
export * from "./pool/link-secret.ts";
export { createLinkSecretFile, newLinkSecretFile, readLinkSecretFile } from "./pool/link-secret-file.ts";
export type * from "./pool/opening-report.ts";
export type { ReserveLevel } from "./pool/reserve-level.ts";
export { createKeyFile, KEY_FILE_BYTES, readSecretFile } from "./pool/secret-file.ts";
export type { AuditQuery, AuditVerdict } from "./pool/sqlite/audit-of-store.ts";
export { checkKeyPoolOptions, type KeyPoolOptions, openKeyPool } from "./pool/sqlite/open-key-pool.ts";
export { readAudit } from "./pool/sqlite/read-audit.ts";
export * from "./sources/distillation/index.ts";
export { MAX_PQC_BLOCK_BYTES, type PqcLink } from "./sources/pqc/pqc-key-exchange.ts";
export { PqcKeyMaker, type PqcKeyMakerOptions } from "./sources/pqc/pqc-key-maker.ts";

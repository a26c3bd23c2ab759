// What tests and figures use of the command.
export { checkFile } from "./check/check-file.ts";
export { type CheckOptions, checkSite } from "./check/check-site.ts";
export { type Finding, findingLine } from "./config/finding.ts";
export { readSite } from "./config/read-site.ts";
export { type DemoChain, startDemo } from "./demo/demo-run.ts";
export { DEMO_SAE } from "./development/demo-files.ts";
export * from "./development/demo-state.ts";
export { DevelopmentAuthority } from "./development/development-pki.ts";
export { deviceCommand } from "./device.ts";
export { doctorCommand } from "./doctor.ts";
export { type CollectedLook, LookCollector } from "./explain/look-collector.ts";
export { explainCommand } from "./explain.ts";
export { type DeliveredKey, KeyClient } from "./key-client.ts";
export { keysCommand } from "./keys.ts";
export { ledgerCommand } from "./ledger.ts";
export { runCommand } from "./run-command.ts";
export type { Notice } from "./watch/unit-view.ts";
export { WatchedUnits } from "./watch/watch-units.ts";

import { bareCode, lineAt } from "./bare-code.ts";
import { isUnitTest, roomOf, type SourceFile } from "./source-file.ts";

const WALL = /\bDate\.now\b|\bnew Date\(\)/g;
const ROOMS: readonly string[] = [
  "protocol",
  "physics",
  "diagnosis",
  "kernels",
  "drivers",
  "emulator",
  "controller",
  "client",
  "doctor",
  "report",
  "commissioning",
];

/** Files that need the time of day; how long something lasts goes by a clock that nobody sets. */
const NEEDED: Readonly<Record<string, string>> = {
  "drivers/device/wall-clock.ts": "devices are told the time of day",
  "controller/delivery/delivery-server.ts": "certificates are valid for days, and answers are dated",
  "controller/agreement/block-agreement.ts": "the clocks of both sites are compared",
  "controller/outlets/watch/site-watch.ts": "alarms and key figures are dated",
  "controller/outlets/explaining/explain-site.ts": "explanations and baselines are dated",
  "controller/outlets/http/dashboard-routes.ts": "answers are dated",
  "controller/outlets/dashboard.ts": "certificates are valid for days",
  "controller/outlets/create-outlets.ts": "alarms are dated",
  "controller/peer/peer-trust.ts": "certificates are valid for days",
  "controller/link/running-link.ts": "events are dated, and keys expire by their date",
  "controller/node/node-core.ts": "events are dated",
  "controller/node/relay/distant-pair.ts": "events are dated, and keys expire by their date",
  "controller/node/relay/node-relay.ts":
    "reports of links are numbered by the time of day, also after a restart",
  "controller/node/local/local-keys.ts": "keys expire by their date",
  "controller/node/local/local-source.ts": "keys are dated",
  "controller/node/node-streams.ts": "keys tell their age",
  "controller/streams/stream-server.ts": "certificates are valid for days",
  "controller/sources/distillation/host/engine-mount.ts": "keys are dated",
  "controller/sources/pqc/pqc-key-maker.ts": "keys are dated",
  "client/etsi014/etsi014-client.ts": "a server may name a date from which on it can be asked again",
  "commissioning/steps/clocks.ts": "clocks of both units are compared with ours",
  "commissioning/steps/clock-drift.ts": "clocks of both units are compared with ours",
  "commissioning/steps/fallback.ts":
    "blocks are dated, and those of before the repair are told from later ones",
  "commissioning/run/run-step.ts": "steps are dated",
  "commissioning/run/commission.ts": "the report is dated",
  "commissioning/run/finish-report.ts": "the report is dated",
  "commissioning/evidence/report-folder.ts": "commands are dated",
  "controller/pool/sqlite/sqlite-store.ts": "the audit log is dated, and keys expire by their date",
};

/** Uses of the system's clock, which may be set, beside the files that need it. */
export function wallClocks(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => ROOMS.includes(roomOf(path)) && !isUnitTest(path) && !(path in NEEDED))
    .flatMap(({ path, text }) => {
      const code = bareCode(text);
      return [...code.matchAll(WALL)].map(
        ({ index }) => `${path}:${lineAt(code, index)} reads the system's clock`,
      );
    });
}

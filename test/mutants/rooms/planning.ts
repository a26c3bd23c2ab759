import type { Breach } from "../breach.ts";

const SERVICE = ["cli/plan/service-report.test.ts"];
const FILE = ["cli/plan/fibre-plan-file.test.ts"];
const CHANGES = ["cli/plan/possible-changes.test.ts"];
const COMMAND = ["cli/plan/plan-fibre.test.ts"];

/** What a plan promises, and what it refuses. */
export const PLANNING: readonly Breach[] = [
  {
    id: "planning/chain-share",
    file: "cli/plan/dependable-rate.ts",
    find: "export const CHAIN_SHARE = 0.9;",
    replace: "export const CHAIN_SHARE = 1;",
    meaning: "more key is promised than the chain keeps of the closed form",
    tests: SERVICE,
  },
  {
    id: "planning/lesser-bound",
    file: "cli/plan/dependable-rate.ts",
    find: "Math.min(asked.rateBps, controller.rateBps)",
    replace: "asked.rateBps",
    meaning: "a paper's bound is promised where the controller distils less",
    tests: SERVICE,
  },
  {
    id: "planning/tunnel-share",
    file: "cli/plan/service-report.ts",
    find: "const free = TUNNEL_SHARE * Math.max(0, endOfLife - service.demandBps);",
    replace: "const free = Math.max(0, endOfLife - service.demandBps);",
    meaning: "tunnels are promised the key that repeated attempts need",
    tests: SERVICE,
  },
  {
    id: "planning/whole-tunnels",
    file: "cli/plan/service-report.ts",
    find: "tunnels: Math.floor((free * rekeyS) / KEY_BITS)",
    replace: "tunnels: Math.ceil((free * rekeyS) / KEY_BITS)",
    meaning: "one tunnel more is promised than the link has key for",
    tests: SERVICE,
  },
  {
    id: "planning/shortest-interval",
    file: "cli/plan/service-report.ts",
    find: "Math.ceil((count * KEY_BITS) / freeBps)",
    replace: "Math.floor((count * KEY_BITS) / freeBps)",
    meaning: "an interval is called met that takes more key than there is",
    tests: SERVICE,
  },
  {
    id: "planning/end-of-life",
    file: "cli/plan/service-report.ts",
    find: "const aged = dependableRate(atEnd);",
    replace: "const aged = today;",
    meaning: "tunnels are promised what the fibre gives while it is new",
    tests: SERVICE,
  },
  {
    id: "planning/greatest-loss",
    file: "cli/plan/greatest-loss.ts",
    find: "  return good;",
    replace: "  return bad;",
    meaning: "the margin ends where the demand is no longer met",
    tests: SERVICE,
  },
  {
    id: "planning/never-fills",
    file: "cli/plan/service-report.ts",
    find: "endOfLife > demandBps ? stockBits",
    replace: "endOfLife !== demandBps ? stockBits",
    meaning: "a stock is said to fill in less than no time",
    tests: SERVICE,
  },
  {
    id: "planning/channel-count",
    file: "cli/plan/plan-contradictions.ts",
    find: "if ((channels?.length ?? 0) > MOST_CHANNELS)",
    replace: "if (false)",
    meaning: "a file of a mebibyte keeps the planner busy for days",
    tests: FILE,
  },
  {
    id: "planning/finding-count",
    file: "cli/plan/fibre-plan-file.ts",
    find: "if (first.push(mistake) === MOST_FINDINGS) break;",
    replace: "first.push(mistake);",
    meaning: "a terminal scrolls for minutes through the mistakes of one file",
    tests: FILE,
  },
  {
    id: "planning/on-the-quantum-channel",
    file: "cli/plan/plan-contradictions.ts",
    find: "if (inQuantumFilter(terahertzOfNanometres(wavelengthNm), filter))",
    replace: "if (false)",
    meaning: "a data channel in the quantum channel's place is told without its line",
    tests: FILE,
  },
  {
    id: "planning/moved-onto-another",
    file: "cli/plan/channel-changes.ts",
    find: "if (!free) continue;",
    replace: "",
    meaning: "an engineer is told to move a channel onto another one",
    tests: CHANGES,
  },
  {
    id: "planning/control-characters",
    file: "cli/plan/service-table.ts",
    find: "  text.replace(",
    replace: '  text || "".replace(',
    meaning: "a name in a plan moves the cursor of the terminal",
    tests: COMMAND,
  },
  {
    id: "planning/drawn-markup",
    file: "cli/plan/service-svg.ts",
    find: "printable(text).replace(/[<>&\"']/g,",
    replace: "printable(text).replace(/[]/g,",
    meaning: "a name in a plan becomes markup of the drawing",
    tests: COMMAND,
  },
];

import type { Breach } from "../breach.ts";

const STEP = "controller/outlets/forwarding/forward-step.ts";
const TEXT = "controller/outlets/notices/syslog-message.ts";
const LINE = "controller/outlets/collectors/syslog-collector.ts";
const SNMP = "controller/outlets/collectors/snmp-options.ts";
const REMARKS = "cli/config/alarm-remarks.ts";
const OF_STEP = ["controller/outlets/forwarding/forward-step.test.ts"];
const OF_NOTICES = ["controller/outlets/notices/notice-message.test.ts"];
const OF_WAITING = "test/integration/alarms-wait-for-their-collectors.slow.test.ts";
const OF_SYSLOG = ["test/integration/alarms-reach-their-collectors.test.ts", OF_WAITING];
const OF_SNMP = ["test/integration/alarms-reach-snmp-receivers.test.ts", OF_WAITING];
const OF_CHECK = ["test/integration/check-tells-every-mistake-of-a-site.test.ts"];

/** What is told to the collectors of an operator, broken. */
export const ALARMS: readonly Breach[] = [
  {
    id: "alarms/waiting-bound",
    file: STEP,
    find: "while (waiting.length > MOST_WAITING) {",
    replace: "while (waiting.length > 100 * MOST_WAITING) {",
    meaning: "a collector that is away fills the memory of the site",
    tests: OF_STEP,
  },
  {
    id: "alarms/newest-kept",
    file: STEP,
    find: "(notice, index) => index >= first && (last.get(subjectOf(notice)) ?? index) > index,",
    replace: "(_notice, index) => index >= first,",
    meaning: "what an alarm did last is given up while older words on it are kept",
    tests: OF_STEP,
  },
  {
    id: "alarms/on-its-way",
    file: STEP,
    find: "const first = state.sendingSinceMs === null ? 0 : 1;",
    replace: "const first = 0;",
    meaning: "the notice on its way is dropped, and another one counts as told",
    tests: OF_STEP,
  },
  {
    id: "alarms/doubtful",
    file: STEP,
    find: "waiting: [...doubtful, ...state.waiting],",
    replace: "waiting: state.waiting,",
    meaning: "alarms that were lost with a connection are never told",
    tests: OF_STEP,
  },
  {
    id: "alarms/told-once",
    file: STEP,
    find: 'return [next, state.told === "lost" ? [] : [{ type: "tellLost", reason }]];',
    replace: 'return [next, [{ type: "tellLost", reason }]];',
    meaning: "a collector that is away floods the log",
    tests: OF_STEP,
  },
  {
    id: "alarms/flapping",
    file: STEP,
    find: 'if (state.phase === "open" && !confirms && state.told !== "reached" && atMs - state.sinceMs >= SETTLED_MS)',
    replace: 'if (state.phase === "open" && !confirms && state.told !== "reached")',
    meaning:
      "a collector that takes connections and closes them is tried as fast as it goes, and told each time",
    tests: OF_STEP,
  },
  {
    id: "alarms/backoff",
    file: STEP,
    find: "retryAtMs: atMs + pauseMs,",
    replace: "retryAtMs: atMs,",
    meaning: "a collector that refuses is asked without a pause",
    tests: OF_STEP,
  },
  {
    id: "alarms/slow-to-open",
    file: STEP,
    find: 'if (state.phase === "opening" && atMs - state.sinceMs >= OPEN_MS)',
    replace: "if (false as boolean)",
    meaning: "a collector that never shakes hands is waited for for ever",
    tests: OF_STEP,
  },
  {
    id: "alarms/takes-nothing",
    file: STEP,
    find: "if (state.sendingSinceMs !== null && atMs - state.sendingSinceMs >= SEND_MS)",
    replace: "if (false as boolean)",
    meaning: "a collector that takes nothing is waited for for ever",
    tests: OF_STEP,
  },
  {
    id: "alarms/escaped-value",
    file: TEXT,
    find: 'return value.replaceAll(/["\\\\\\]]/g, "\\\\$&");',
    replace: "return value;",
    meaning: "what a unit says ends its value and begins one of its own",
    tests: OF_NOTICES,
  },
  {
    id: "alarms/plain-head",
    file: TEXT,
    find: 'const plain = text.replaceAll(/[^\\x21-\\x7e]/g, "").slice(0, most);',
    replace: "const plain = text.slice(0, most);",
    meaning: "a name of this machine with a space breaks the head of every message",
    tests: OF_NOTICES,
  },
  {
    id: "alarms/plain-text",
    file: "controller/outlets/notices/plain-text.ts",
    find: 'text.toWellFormed().replaceAll(/\\p{C}|\\u2028|\\u2029/gu, " ")',
    replace: "text.toWellFormed()",
    meaning: "what a unit says ends the line of a log and begins a forged one",
    tests: OF_NOTICES,
  },
  {
    id: "alarms/long-text",
    file: "controller/outlets/notices/plain-text.ts",
    find: "  return points.length <= MOST_CHARACTERS",
    replace: "  return points.length >= 0",
    meaning: "a unit makes messages that no collector takes",
    tests: OF_NOTICES,
  },
  {
    id: "alarms/collector-verified",
    file: LINE,
    find: "rejectUnauthorized: true,",
    replace: "rejectUnauthorized: false,",
    meaning: "anybody in the way reads the alarms",
    tests: OF_SYSLOG,
  },
  {
    id: "alarms/speaking-collector",
    file: LINE,
    find: 'if (heardBytes > MOST_HEARD_BYTES) fail("it speaks, which no collector does");',
    replace: "",
    meaning: "something that is no collector is told alarms for ever",
    tests: OF_SYSLOG,
  },
  {
    id: "alarms/end-grace",
    file: "controller/outlets/collectors/forwarder.ts",
    find: 'this.#state.phase !== "closed" && steadyMs() < endMs)',
    replace: 'this.#state.phase !== "closed")',
    meaning: "a collector that never reads keeps the site from stopping",
    tests: OF_SYSLOG,
  },
  {
    id: "alarms/renewed-all",
    file: "controller/outlets/collectors/alarm-collectors.ts",
    find: "  checkAlarms(options);\n",
    replace: "",
    meaning: "a reload with an impossible address takes the collector away",
    tests: OF_SYSLOG,
  },
  {
    id: "alarms/replayed-traps",
    file: SNMP,
    find: "if (!confirm)",
    replace: "if (false as boolean)",
    meaning: "traps of SNMPv3 that anybody can replay",
    tests: OF_SNMP,
  },
  {
    id: "alarms/short-passphrase",
    file: SNMP,
    find: "if (user[name].length < LEAST_PASSPHRASE)",
    replace: "if (false as boolean)",
    meaning: "a passphrase that RFC 3414 forbids",
    tests: OF_SNMP,
  },
  {
    id: "alarms/one-of-two",
    file: SNMP,
    find: "if ((user === undefined) === (community === undefined))",
    replace: "if (user === undefined && community === undefined)",
    meaning: "a community goes in the clear beside a user",
    tests: OF_SNMP,
  },
  {
    id: "alarms/rubbish-answers",
    file: "controller/outlets/collectors/snmp-collector.ts",
    find: '    session.on("error", () => {});\n',
    replace: "",
    meaning: "rubbish at the port of notifications ends the site",
    tests: OF_SNMP,
  },
  {
    id: "alarms/clear-syslog",
    file: REMARKS,
    find: "if (!LOOPBACK.test(host))",
    replace: "if (false as boolean)",
    meaning: "nobody is told that alarms can be forged on the way",
    tests: OF_CHECK,
  },
  {
    id: "alarms/authority-missing",
    file: REMARKS,
    find: "if (authority === undefined)\n    remarks",
    replace: "if (false as boolean)\n    remarks",
    meaning: "a site starts without its collector for want of an authority",
    tests: OF_CHECK,
  },
  {
    id: "alarms/secrets-in-bundle",
    file: "cli/bundle/site-secrets.ts",
    find: '    ["alarms.snmp.communityFile", site.alarms?.snmp?.communityFile],\n',
    replace: "",
    meaning: "a bundle carries a community to whoever gets it",
    tests: ["cli/bundle/bundle.test.ts"],
  },
];

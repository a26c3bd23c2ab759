import type { Breach } from "../breach.ts";

const SERVES = ["test/integration/device-serves-one-unit.alone.test.ts"];
const VANISHES = ["test/integration/device-survives-a-unit-that-vanishes.test.ts"];
const ODD = ["test/integration/device-meets-odd-units.alone.test.ts"];
const CHANGE = "cli/device/change-settings.ts";
const SESSION = "cli/device/unit-session.ts";
const APPLY = "cli/device/export-apply.ts";
const FILE = "cli/device/settings-file.ts";

/** `qkdlink device`, broken. */
export const DEVICE: readonly Breach[] = [
  {
    id: "device/written-first",
    file: CHANGE,
    find: "      beginChange(identity, { found: Object.fromEntries(foundOf(chosen)) });\n",
    replace: "",
    meaning: "what was found is forgotten with the laptop that set it",
    tests: [...SERVES, ...ODD],
  },
  {
    id: "device/put-back",
    file: CHANGE,
    find: "    await putBack(transceiver, found, error as QkdError);\n    throw error;",
    replace: "    throw error;",
    meaning: "a set that was refused in the middle leaves its first half",
    tests: [...SERVES, ...ODD],
  },
  {
    id: "device/put-back-waits",
    file: CHANGE,
    find: 'filter((state) => state === "online")',
    replace: "filter(() => true)",
    meaning: "a unit that is back after a second stays half set",
    tests: VANISHES,
  },
  {
    id: "device/put-back-late",
    file: CHANGE,
    find: "    if (changes.length > 0) await putBack(unit.transceiver, foundOf(changes), error as QkdError);\n",
    replace: "",
    meaning: "a lease that ends in disorder leaves what is kept and loses what is volatile",
    tests: ["test/integration/device-puts-back-at-the-end.test.ts"],
  },
  {
    id: "device/journal-ends",
    file: CHANGE,
    find: "  if (changes.length > 0) endChange(identity);\n",
    replace: "",
    meaning: "the next command undoes a change that ended well",
    tests: SERVES,
  },
  {
    id: "device/any-order",
    file: CHANGE,
    find: "    if (refused.length === left.length) throw why;\n    left = refused;",
    replace: "    if (refused.length > 0) throw why;\n    left = refused;",
    meaning: "settings that bind each other cannot be set together",
    tests: SERVES,
  },
  {
    id: "device/any-order-ends",
    file: CHANGE,
    find: "    if (refused.length === left.length) throw why;\n",
    replace: "    if (refused.length === left.length) return;\n",
    meaning: "settings that are refused for good are called set",
    tests: SERVES,
  },
  {
    id: "device/gone",
    file: SESSION,
    find: "ended.abort(error ?? gone())",
    replace: "void error",
    meaning: "a command waits for a unit that has gone",
    tests: ["test/integration/device-puts-back-at-the-end.test.ts"],
  },
  {
    id: "device/stops",
    file: SESSION,
    find: '    stop.signal.addEventListener("abort", () => ended.abort(stoppedByUser()));\n',
    replace: "",
    meaning: "Ctrl-C ends nothing in order",
    tests: SERVES,
  },
  {
    id: "device/lease-released",
    file: SESSION,
    find: "        await lease?.release().catch(() => {});\n",
    replace: "",
    meaning: "what a stopped command moved stays until its lease has run out",
    tests: SERVES,
  },
  {
    id: "device/lease-kept",
    file: SESSION,
    find: 'await lease?.release({ keep: ending === "keep" });',
    replace: "await lease?.release({ keep: false });",
    meaning: "what was set goes back as soon as the command ends well",
    tests: SERVES,
  },
  {
    id: "device/role",
    file: APPLY,
    find: "if (unit.role !== identity.role)",
    replace: "if (false)",
    meaning: "a receiver is set like a transmitter",
    tests: SERVES,
  },
  {
    id: "device/model",
    file: APPLY,
    find: "if (!otherModel && (",
    replace: "if (false && (",
    meaning: "a unit is set like one of another make",
    tests: SERVES,
  },
  {
    id: "device/fits",
    file: APPLY,
    find: "      checkParameterValue(parameter, to);\n",
    replace: "",
    meaning: "a file that does not fit is begun with",
    tests: SERVES,
  },
  {
    id: "device/replaces",
    file: FILE,
    find: 'flag: replace ? "w" : "wx"',
    replace: 'flag: "w"',
    meaning: "an export writes over an older one",
    tests: SERVES,
  },
  {
    id: "device/too-large",
    file: FILE,
    find: "statSync(name).size > MOST_BYTES",
    replace: "false",
    meaning: "a wrong file of gigabytes is read into memory",
    tests: SERVES,
  },
  {
    id: "device/asks",
    file: "cli/device/ask.ts",
    find: "if (!process.stdin.isTTY)",
    replace: "if (false)",
    meaning: "a script waits for an answer that nobody gives",
    tests: SERVES,
  },
];

import type { Breach } from "../breach.ts";

const FORMS = ["options/check-options.test.ts", "test/contract/options-of-public-functions.test.ts"];
const PUBLIC = ["test/contract/public/every-export-refuses-mistakes.test.ts"];

/** What options of public functions are refused for. */
export const OPTIONS: readonly Breach[] = [
  {
    id: "options/range",
    file: "options/rule.ts",
    find: "value >= min && value <= max",
    replace: "value >= min",
    meaning: "a wait beyond what timers bear fires at once",
    tests: FORMS,
  },
  {
    id: "options/least",
    file: "options/rule.ts",
    find: "value >= min && value <= max",
    replace: "value <= max",
    meaning: "a speed below zero runs",
    tests: FORMS,
  },
  {
    id: "options/whole",
    file: "options/rule.ts",
    find: " && Number.isSafeInteger(value)",
    replace: "",
    meaning: "half an attempt is made",
    tests: FORMS,
  },
  {
    id: "options/unknown",
    file: "options/check-options.ts",
    find: "if (one.open === true && nearest === null) continue;",
    replace: "continue;",
    meaning: "a slip of the pen is taken for a default",
    tests: FORMS,
  },
  {
    id: "options/secret-text",
    file: "options/check-options.ts",
    find: "return shows && value.length <= LONGEST_NAME",
    replace: "return value.length <= LONGEST_NAME",
    meaning: "a secret in the wrong place is told in an error",
    tests: FORMS,
  },
  {
    id: "options/entries",
    file: "options/check-options.ts",
    find: "for (const [index, item] of value.entries())",
    replace: "for (const [index, item] of new Map<number, unknown>())",
    meaning: "entries of a list are not looked at",
    tests: FORMS,
  },
  {
    id: "options/several",
    file: "options/rule.ts",
    find: "value.length === count && value.every((one) => fits(items, one))",
    replace: "value.every((one) => fits(items, one))",
    meaning: "two gains are reckoned with as if they were three",
    tests: FORMS,
  },
  {
    id: "options/prediction",
    file: "physics/prediction-rules.ts",
    find: 'checkArgument("prediction", prediction, PREDICTION);',
    replace: "",
    meaning: "a prediction that is none fails somewhere in the formulas",
    tests: PUBLIC,
  },
  {
    id: "options/endless-checksum",
    file: "protocol/framing/crc16.ts",
    find: "if (!(start >= 0 && end <= bytes.length)) throw outside();",
    replace: "",
    meaning: "a checksum up to a place beyond the bytes never ends",
    tests: PUBLIC,
  },
  {
    id: "options/endless-steps",
    file: "physics/optimise-source.ts",
    find: 'requireInRange("steps", steps, { min: 1, max: MOST_STEPS, integer: true });',
    replace: "",
    meaning: "an optimisation of 1e300 steps never ends",
    tests: PUBLIC,
  },
  {
    id: "options/fallback-order",
    file: "controller/policy/fallback/fallback-rules.ts",
    find: "policy.clearAboveBits <= policy.engageBelowBits",
    replace: "false",
    meaning: "a fallback that engages and clears at every tick",
    tests: ["controller/policy/fallback/fallback-rules.test.ts"],
  },
];

import type { Breach } from "../breach.ts";

const TESTS = [
  "test/integration/doctor/the-doctor-finds-planted-defects.test.ts",
  "test/integration/doctor/the-doctor-finds-nothing-at-our-own-server.test.ts",
  "test/integration/doctor/the-doctor-finds-every-planted-defect.slow.test.ts",
];

export const DOCTOR: readonly Breach[] = [
  {
    id: "doctor/consent",
    file: "cli/doctor.ts",
    find: "if (flags.yes !== true)",
    replace: "if (flags.keys < 0)",
    meaning: "keys are used up without a word",
    tests: TESTS,
  },
  {
    id: "doctor/first-contact",
    file: "doctor/examine.ts",
    find: "if (seen.fault !== null)\n    throw (",
    replace: "if (seen.status > 1000)\n    throw (",
    meaning: "a server that hangs is examined check by check",
    tests: TESTS,
  },
  {
    id: "doctor/other-bits",
    file: "doctor/checks/key-id-checks.ts",
    find: "return keys.every(({ keyId, digest }) => got.get(keyId.toLowerCase()) === digest)",
    replace: "return keys.every(({ keyId }) => got.has(keyId.toLowerCase()))",
    meaning: "two sites with different keys pass",
    tests: TESTS,
  },
  {
    id: "doctor/gathered-none",
    file: "doctor/checks/gathered-checks.ts",
    find: "return faults === undefined && kme.keysTaken === 0",
    replace: "return kme.keysTaken === 0",
    meaning: "a server whose answers hold no key list passes",
    tests: TESTS,
  },
  {
    id: "doctor/key-stays",
    file: "doctor/checks/key-id-checks.ts",
    find: "return found(fault, accepted(seen) ? null : after);",
    replace: "return found(fault);",
    meaning: "a stranger's request that burns a key passes",
    tests: TESTS,
  },
  {
    id: "doctor/repeated-keys",
    file: "doctor/kme/examination.ts",
    find: "if (bits >= 128 && this.#digests.has(digest))",
    replace: "if (bits >= 1e9 && this.#digests.has(digest))",
    meaning: "a server that hands one key out twice passes",
    tests: TESTS,
  },
  {
    id: "doctor/strangers-status",
    file: "doctor/checks/connection-checks.ts",
    find: "fault === null && status !== 401",
    replace: "fault !== null && status !== 401",
    meaning: "a server that refuses strangers in words that no client knows passes",
    tests: TESTS,
  },
  {
    id: "doctor/window",
    file: "doctor/checks/key-id-checks.ts",
    find: "if (performance.now() >= endMs)",
    replace: "if (performance.now() >= Number.POSITIVE_INFINITY)",
    meaning: "the doctor asks for ever for a key that is given for ever",
    tests: TESTS,
  },
];

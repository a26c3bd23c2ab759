import type { Breach } from "../breach.ts";

const JOURNAL = ["commissioning/journal/journal.test.ts"];
const TALLY = ["commissioning/measuring/tally-frame.test.ts"];
const READING = ["commissioning/measuring/read-pair.test.ts"];
const FITS = ["commissioning/measuring/fits.test.ts"];

export const COMMISSIONING: readonly Breach[] = [
  {
    id: "commissioning/set-before-journal",
    file: "commissioning/journal/settings-journal.ts",
    find: "    this.#append({",
    replace: "    await unit.set(name, to);\n    this.#append({",
    meaning: "a unit is set before the disk knows what it was",
    tests: JOURNAL,
  },
  {
    id: "commissioning/first-found-forgotten",
    file: "commissioning/journal/journal-entry.ts",
    find: "pending.get(key)?.found ?? entry.found",
    replace: "entry.to",
    meaning: "the last value of a scan is put back, not the one that was found",
    tests: JOURNAL,
  },
  {
    id: "commissioning/half-a-line",
    file: "commissioning/journal/settings-journal.ts",
    find: "dropUnfinishedLine(this.#path);",
    replace: "",
    meaning: "a line that a crash cut short spoils the next one",
    tests: JOURNAL,
  },
  {
    id: "commissioning/unwritten-but-set",
    file: "commissioning/journal/settings-journal.ts",
    find: "throw new ConfigError(",
    replace: "void new ConfigError(",
    meaning: "with a full disk units are set and nobody remembers what they were",
    tests: JOURNAL,
  },
  {
    id: "commissioning/one-failure-stops-all",
    file: "commissioning/journal/settings-journal.ts",
    find: "        continue;",
    replace: "        break;",
    meaning: "a setting that cannot be put back keeps the others from it",
    tests: JOURNAL,
  },
  {
    id: "commissioning/formula",
    file: "commissioning/evidence/csv.ts",
    find: 'const harmless = typeof cell === "string" &&',
    replace: "const harmless = false &&",
    meaning: "a unit's name is run by the spreadsheet that opens the evidence",
    tests: ["commissioning/evidence/csv.test.ts"],
  },
  {
    id: "commissioning/digest-uncompared",
    file: "commissioning/measuring/tally-frame.ts",
    find: "if (sameGates(alice, bob))",
    replace: "if (true)",
    meaning: "halves of different gates are counted against each other",
    tests: TALLY,
  },
  {
    id: "commissioning/waiting-wiped",
    file: "commissioning/measuring/read-pair.ts",
    find: "      for (const frame of half.values()) frame.planes.fill(0);\n",
    replace: "",
    meaning: "raw key whose other half never came stays in memory after a reading",
    tests: READING,
  },
  {
    id: "commissioning/frames-wiped",
    file: "commissioning/measuring/read-pair.ts",
    find: "    frame.planes.fill(0);\n    this.#units",
    replace: "    this.#units",
    meaning: "raw key stays in memory after it was counted",
    tests: READING,
  },
  {
    id: "commissioning/meaningless-frame",
    file: "commissioning/measuring/read-pair.ts",
    find: "next: (frame) => this.#guarded(frame)",
    replace: "next: (frame) => this.#take(frame)",
    meaning: "a frame that means nothing is an error that nobody catches",
    tests: READING,
  },
  {
    id: "commissioning/no-maximum",
    file: "commissioning/measuring/gate-fit.ts",
    find: "if (!(c < -2 * Math.sqrt(inverse[2]![2]!)))",
    replace: "if (!(c < 0))",
    meaning: "a scan without a maximum gives a centre",
    tests: FITS,
  },
  {
    id: "commissioning/scatter-unseen",
    file: "commissioning/measuring/phase-fit.ts",
    find: "Math.max(1, misfit / Math.max(1, rows.length - 2))",
    replace: "1",
    meaning: "a phase that moves during the scan is claimed as exactly as one that stands",
    tests: FITS,
  },
  {
    id: "commissioning/not-applicable-counts",
    file: "commissioning/limits/judgement.ts",
    find: 'verdict === "notApplicable" ? -1 : VERDICTS.indexOf(verdict)',
    replace: 'verdict === "notApplicable" ? 2 : VERDICTS.indexOf(verdict)',
    meaning: "what a link does not have keeps it from passing",
    tests: ["commissioning/limits/judgement.test.ts"],
  },
];

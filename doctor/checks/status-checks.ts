import { type Check, found, skipped } from "../check.ts";
import { accepted, memberOf, quoted } from "../kme/seen.ts";
import { refusalFault } from "./answers.ts";

const NAMES = ["source_KME_ID", "target_KME_ID", "master_SAE_ID", "slave_SAE_ID"] as const;
const COUNTS = [
  "key_size",
  "stored_key_count",
  "max_key_count",
  "max_key_per_request",
  "max_key_size",
  "min_key_size",
  "max_SAE_ID_count",
] as const;

/** "Get status". */
export const STATUS_CHECKS: readonly Check[] = [
  {
    id: "status-members",
    clause: "6.1",
    rule: "a status has four names as texts and seven counts as whole numbers",
    run: async (kme) => {
      const seen = kme.status ?? (await kme.ask(kme.master, { method: "GET", path: kme.statusPath }));
      if (!accepted(seen)) return found(`the status was refused with status ${seen.status}`);
      const wrong = [
        ...NAMES.filter((name) => typeof memberOf(seen.json, name) !== "string"),
        ...COUNTS.filter((name) => kme.count(name) === null),
      ];
      return found(
        ...wrong.map((name) => {
          const value = memberOf(seen.json, name);
          return `${name} ${value === undefined ? "is missing" : `is ${quoted(value)}`}`;
        }),
      );
    },
  },
  {
    id: "status-relations",
    clause: "6.1",
    rule: "min_key_size <= key_size <= max_key_size, stored_key_count <= max_key_count, max_key_per_request >= 1",
    run: (kme) => {
      const [size, stored, most, perRequest, largest, smallest] = COUNTS.map((name) => kme.count(name));
      const above = (a: number | null | undefined, b: number | null | undefined) =>
        typeof a === "number" && typeof b === "number" && a > b;
      return found(
        above(smallest, size) ? `min_key_size ${smallest} is above key_size ${size}` : null,
        above(size, largest) ? `key_size ${size} is above max_key_size ${largest}` : null,
        above(stored, most) ? `stored_key_count ${stored} is above max_key_count ${most}` : null,
        perRequest === 0 ? "max_key_per_request is 0" : null,
        [size, largest, smallest].some((bits) => typeof bits === "number" && bits % 8 !== 0)
          ? "a size is no multiple of 8"
          : null,
      );
    },
  },
  {
    id: "status-names",
    clause: "6.1",
    rule: "the status names the caller as master and the SAE of the path as slave",
    run: (kme) => {
      const { masterSae, slaveSae } = kme.options;
      const differs = (name: string, wanted: string) => {
        const value = memberOf(kme.status?.json, name);
        return value === wanted || typeof value !== "string"
          ? null
          : `${name} is ${quoted(value)}, not ${quoted(wanted)}`;
      };
      return found(differs("master_SAE_ID", masterSae), differs("slave_SAE_ID", slaveSae));
    },
  },
  {
    id: "status-verb",
    clause: "5.2",
    rule: "a status is asked for by GET alone",
    run: async (kme) => {
      const faults: (string | null)[] = [];
      for (const method of ["POST", "DELETE"]) {
        const seen = await kme.ask(kme.master, { method, path: kme.statusPath });
        faults.push(refusalFault(seen, `${method} of a status`, [400, 401, 404, 405, 501]));
      }
      return found(...faults);
    },
  },
  {
    id: "encoded-names",
    clause: "5.1",
    rule: "an SAE ID in a path is read with its percent-encoding",
    run: async (kme) => {
      const { slaveSae } = kme.options;
      const code = slaveSae.charCodeAt(0);
      if (code > 127) return skipped("the slave's name does not begin with a letter of ASCII");
      const path = `%${code.toString(16).padStart(2, "0")}${encodeURIComponent(slaveSae.slice(1))}/status`;
      const seen = await kme.ask(kme.master, { method: "GET", path });
      if (!accepted(seen))
        return found(`the encoded name of the slave was refused with status ${seen.status}`);
      const named = memberOf(seen.json, "slave_SAE_ID");
      return found(named === slaveSae ? null : `the encoded name of the slave was read as ${quoted(named)}`);
    },
  },
];

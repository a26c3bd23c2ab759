import { readFlags, wrongFlag } from "../command-flags.ts";
import { type Breach, roomOf } from "./breach.ts";

export interface MutantsOptions {
  readonly breaches: readonly Breach[];
  readonly jobs: number;
  readonly json: boolean;
  readonly help: boolean;
}

export const USAGE = `usage: npm run mutants -- [--room NAME] [--only ID] [--jobs N] [--json]

Plants breaches of defensive lines, one at a time, into a copy of this tree and runs the tests concerned.
  --room  only the breaches of one room
  --only  only this breach
  --jobs  copies that are worked on at once, 2 by default
  --json  a line of JSON for each breach and a last one for all

Exit code 0: every breach made a test fail; 1: one survived, could not be planted or proves nothing; 2: wrong usage.
`;

/**
 * Reads the command line.
 * @throws ConfigError QKD_CONFIG_INVALID naming the option.
 */
export function readOptions(args: readonly string[], all: readonly Breach[]): MutantsOptions {
  const values = readFlags(args, {
    room: { type: "string" },
    only: { type: "string" },
    jobs: { type: "string" },
    json: { type: "boolean" },
  });
  const { room, only } = values;
  const rooms = [...new Set(all.map(roomOf))];
  if (room !== undefined && !rooms.includes(room))
    throw wrongFlag("--room", `use one of ${rooms.join(", ")}`);
  const breaches = all.filter(
    (breach) => (room === undefined || roomOf(breach) === room) && (only === undefined || breach.id === only),
  );
  if (breaches.length === 0) throw wrongFlag("--only", "use the id of a breach in test/mutants/rooms");
  const jobs = /^\d{1,2}$/.test(values.jobs ?? "2") ? Number(values.jobs ?? "2") : 0;
  if (jobs < 1 || jobs > 16) throw wrongFlag("--jobs", "use a whole number from 1 to 16");
  return { breaches, jobs, json: values.json === true, help: values.help === true };
}

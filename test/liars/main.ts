import { mock } from "node:test";
import { parseArgs } from "node:util";
import { DevelopmentAuthority } from "../../cli/index.ts";
import { createKernels } from "../../kernels/index.ts";
import { allCases } from "./cases.ts";
import { deviceCases, playDevice } from "./devices/device-evening.ts";
import { playCase, type Verdict } from "./evening.ts";
import { playSlave, SLAVE_CASES } from "./slaves/slave-evening.ts";
import { playSockets, SOCKET_CASES } from "./sockets/socket-evening.ts";
import { tableOf } from "./verdict-table.ts";

const USAGE = `npm run liars -- [--of peers|devices|slaves|sockets] [--message NAME] [--liar alice|bob] [--every N] [--seed N] [--json]
  --of WHOM       peers, devices, slaves, sockets; all unless told
  --message NAME  only messages whose name contains this
  --every N       only each N-th case
  --seed N        seed of the photons and of all random choices, 1 unless told
  --json          a line of JSON for each case
Two whole sites in virtual time, one of which deviates with each message in each way. Exit code 1 when anything is left behind.
`;
const { values } = parseArgs({
  options: {
    of: { type: "string", default: "peers,devices,slaves,sockets" },
    message: { type: "string", default: "" },
    liar: { type: "string" },
    every: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const every = Number(values.every);
const seed = Number(values.seed);
if (values.help || !Number.isInteger(every) || every < 1 || !Number.isInteger(seed)) {
  process.stderr.write(USAGE);
  process.exit(values.help ? 0 : 2);
}
// Key makers and stores wait by timers: their time is that of the sites.
mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
const kernels = await createKernels();
const authority = await DevelopmentAuthority.create();
const clock = (ms: number): void => mock.timers.tick(ms);
const plays: Readonly<Record<string, readonly Play[]>> = {
  peers: allCases()
    .filter(({ liar }) => liar === (values.liar ?? liar))
    .map((one) => ({ name: one.message.name, play: () => playCase(kernels, clock, seed, one) })),
  devices: deviceCases().map((one) => ({ name: one.message.name, play: () => playDevice(clock, one) })),
  slaves: SLAVE_CASES.map((one) => ({ name: one.about, play: () => playSlave(clock, one) })),
  sockets: SOCKET_CASES.map((one) => ({
    name: one.message.name,
    // What stands on sockets has the time of the day.
    play: async () => {
      mock.timers.reset();
      const verdict = await playSockets(authority, one);
      mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
      return verdict;
    },
  })),
};
const cases = values.of
  .split(",")
  .flatMap((of) => plays[of] ?? [])
  .filter(({ name }) => name.includes(values.message))
  .filter((_, at) => at % every === 0);
const verdicts: Verdict[] = [];
const begin = Date.now();
for (const { play } of cases) {
  const verdict = await play();
  verdicts.push(verdict);
  if (values.json) say(JSON.stringify(verdict));
  else if (verdict.traces.length > 0) say(lineOf(verdict));
  if (verdicts.length % 10 === 0 && process.stderr.isTTY)
    process.stderr.write(`\r${verdicts.length} of ${cases.length} cases, ${seconds()} s`);
}
if (!values.json) say("", ...tableOf(verdicts));
const left = verdicts.filter(({ traces }) => traces.length > 0).length;
say(
  JSON.stringify({
    cases: verdicts.length,
    lies: verdicts.filter(({ lies }) => lies > 0).length,
    leftBehind: left,
    seed,
    seconds: seconds(),
  }),
);
process.exitCode = left === 0 ? 0 : 1;

interface Play {
  readonly name: string;
  readonly play: () => Promise<Verdict>;
}

function seconds(): number {
  return Math.round((Date.now() - begin) / 1000);
}

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

function lineOf({ message, liar, deviation, named, traces }: Verdict): string {
  return `${message} of ${liar}, ${deviation}: ${traces.join("; ")} (named ${named.join(", ") || "nothing"})`;
}

import { Command, InvalidArgumentError, Option } from "commander";
import {
  announceLink,
  type EmulatedLinkOptions,
  type HappeningNews,
  listScenarios,
  parseSpeed,
  startEmulatedLink,
} from "../emulator/index.ts";
import { ConfigError } from "../errors/index.ts";
import { collectSeldom } from "./collect-seldom.ts";
import { EmulationLog } from "./emulation-log.ts";
import { emulateNetwork } from "./network/emulate-network.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";

interface Flags {
  readonly scenario?: string;
  readonly listScenarios?: boolean;
  readonly network?: string;
  readonly preset?: string;
  readonly lossDb?: number;
  readonly clockHz?: number;
  readonly seed?: bigint;
  readonly speed: string;
  readonly alice?: readonly string[];
  readonly bob?: readonly string[];
  readonly control?: string;
  readonly drift?: "usual" | "none";
  readonly waitForPartner: number;
  readonly announce?: true;
  readonly json?: boolean;
}

/** The `emulate` command: the transceiver pair alone, until SIGINT or SIGTERM. */
export function emulateCommand(): Command {
  return new Command("emulate")
    .description("run an emulated pair of transceivers; prints `ready` when every port listens")
    .option("--scenario <file|name>", "play what happens to the link: a YAML file or a ready-made scenario")
    .option("--network <file|name>", "run all links of a network's scenario, each with a control port")
    .option("--list-scenarios", "print the ready-made scenarios and end")
    .option("--preset <name>", "link parameters of a published system (default: yuan2018)")
    .option("--loss-db <number>", "loss of the fibre with its connectors (default: 10)", number)
    .option("--clock-hz <number>", "gates per second, instead of the preset's", number)
    .option("--seed <integer>", "every random draw comes from it (default: the scenario's, or 1)", seed)
    .option("--speed <real|max|factor>", "link time against the wall clock", "real")
    .option("--alice <address>", "listen address of the transmitter, repeatable", collect)
    .option("--bob <address>", "listen address of the receiver, repeatable", collect)
    .option("--control <address>", "tcp://HOST:PORT for scripts that change the link (HTTP, JSON)")
    .addOption(
      new Option(
        "--drift <choice>",
        "whether parts drift a little and meters have noise (default: the scenario's, or usual)",
      ).choices(["usual", "none"]),
    )
    .option("--announce", "announce both units by multicast DNS, so that `probe` finds them")
    .option("--wait-for-partner <seconds>", "a started device delivers alone after this long", seconds, 2)
    .option("--json", "one JSON line when ready, then one for each event that happens to the link")
    .addHelpText(
      "after",
      `
Listen addresses: tcp://HOST:PORT, tls://HOST:PORT?cert=FILE&key=FILE[&ca=FILE], serial:[LINK][?baud=N],
modbus+tcp://HOST:PORT[?unit=N], modbus+rtu+tcp://HOST:PORT[?unit=N], modbus+rtu:[LINK][?baud=N&unit=N].
Port 0 takes a free one; LINK is a symbolic link to make to the pseudo-terminal. Without --alice or --bob that device listens on TCP, a serial line, Modbus TCP and RTU.`,
    )
    .action(async (flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  collectSeldom();
  if (flags.listScenarios) {
    process.stdout.write(scenarioLines(flags.json ?? false));
    return;
  }
  if (flags.network !== undefined) return emulateNetwork(networkOptionsOf(flags), flags.json ?? false);
  const options = optionsOf(flags);
  // Before anything is opened, so that a signal during the start still ends in an orderly stop.
  const stop = new StopRequest(endOverdue);
  const log = new EmulationLog(process.stdout, flags.json ?? false);
  try {
    const link = await startEmulatedLink({
      ...options,
      onHappening: (news: HappeningNews) => log.happened(news),
    });
    const announcement = flags.announce ? announceLink(link, announcementFailed) : null;
    log.ready(link);
    await stop.made;
    log.close();
    await announcement?.stop();
    await link.stop();
  } finally {
    stop.close();
  }
}

const announcementFailed = (error: Error): void => {
  process.stderr.write(`the units cannot be announced on this network: ${error.message}\n`);
};

function scenarioLines(json: boolean): string {
  const scenarios = listScenarios();
  if (json) return `${JSON.stringify({ scenarios })}\n`;
  return scenarios.map(({ name, title }) => `${name.padEnd(20)}${title}\n`).join("");
}

function optionsOf(flags: Flags): EmulatedLinkOptions {
  const { scenario, preset, lossDb, clockHz, seed, alice, bob, control, drift } = flags;
  return {
    ...(scenario === undefined ? {} : { scenario }),
    ...(preset === undefined ? {} : { preset }),
    ...(lossDb === undefined ? {} : { lossDb }),
    ...(seed === undefined ? {} : { seed }),
    speed: parseSpeed(flags.speed),
    soloAfterMs: flags.waitForPartner * 1000,
    listen: { ...(alice === undefined ? {} : { alice }), ...(bob === undefined ? {} : { bob }) },
    ...(clockHz === undefined ? {} : { clockHz }),
    ...(control === undefined ? {} : { control }),
    ...(drift === undefined ? {} : { drift }),
  };
}

/** A network's file says what its links are, and they listen on ports of this machine. */
function networkOptionsOf({ network = "", clockHz, seed, speed, drift, waitForPartner, ...flags }: Flags) {
  const spoken = (["scenario", "preset", "lossDb", "alice", "bob", "control", "announce"] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (spoken !== undefined)
    throw new ConfigError("QKD_USAGE", `--network already says what ${spoken} is`, {
      remedy: "leave one of the two out",
    });
  return {
    scenario: network,
    speed: parseSpeed(speed),
    soloAfterMs: waitForPartner * 1000,
    ...(clockHz === undefined ? {} : { clockHz }),
    ...(seed === undefined ? {} : { seed }),
    ...(drift === undefined ? {} : { drift }),
  };
}

const collect = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

function seconds(text: string): number {
  const value = text === "forever" ? Number.POSITIVE_INFINITY : number(text);
  if (value < 0) throw new InvalidArgumentError("It must not be negative.");
  return value;
}

function seed(text: string): bigint {
  if (!/^(0x[0-9a-fA-F]{1,16}|\d{1,20})$/.test(text))
    throw new InvalidArgumentError("It must be a whole number of 64 bits.");
  return BigInt(text);
}

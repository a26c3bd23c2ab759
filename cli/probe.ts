import { Command } from "commander";
import { findUnits, listSerialPorts, parseAddress, probeAddress } from "../drivers/index.ts";
import { QkdError } from "../errors/index.ts";
import { addressesOf } from "./probe/addresses.ts";
import { findingJson, findingLine } from "./probe/finding-line.ts";
import { EXIT } from "./report-error.ts";
import { wholeNumber } from "./whole-number.ts";

interface ProbeFlags {
  readonly timeout: number;
  readonly json?: true;
  readonly network: boolean;
}

type Write = (text: string) => void;

/** `qkdlink probe`: finds transceivers and says why a port could not be read. Writes nothing but `identify`. */
export function probeCommand(
  write: Write = (text) => process.stdout.write(text),
  hint: Write = (text) => process.stderr.write(text),
): Command {
  return new Command("probe")
    .description(
      "find transceivers on serial ports, TCP and Modbus; asks them who they are, and nothing else",
    )
    .argument(
      "[address...]",
      "addresses, hosts or serial ports; without any every serial port of this machine, and units that announce themselves",
    )
    .option("--timeout <ms>", "longest wait for a connection or an answer", wholeNumber, 800)
    .option("--no-network", "do not look for units that announce themselves by multicast DNS")
    .option("--json", "one JSON line for each address")
    .addHelpText(
      "after",
      `
A serial port without settings (/dev/ttyUSB0) is tried at every usual speed and parity. A host without a port is asked at
5525 and, for telemetry, at Modbus TCP 502.
Exit code: 0 a transceiver or its telemetry answered, 1 none did.`,
    )
    .action(async (arguments_: readonly string[], flags: ProbeFlags) => {
      const asked =
        arguments_.length > 0 ? arguments_.flatMap(addressesOf) : await everywhere(flags.network, hint);
      if (asked.length === 0)
        hint(
          "no unit announces itself here and this machine has no serial port; name hosts or ports to probe\n",
        );
      for (const text of asked) parseAddress(text);
      const progress = flags.json ? () => {} : scanProgress(hint);
      let found = 0;
      const one = async (address: string): Promise<void> => {
        const finding = await probeAddress(address, {
          timeoutMs: flags.timeout,
          trying: (tried) => progress(tried),
        });
        if (finding.found !== "nothing") found += 1;
        write(flags.json ? `${JSON.stringify(findingJson(finding))}\n` : `${findingLine(finding)}\n`);
      };
      await Promise.all(asked.map(one));
      if (found === 0) process.exitCode = EXIT.failed;
    });
}

/**
 * The serial ports of this machine, and what announces itself on its networks. A machine that cannot list its ports is told
 * so and searched further; where nothing else is found that is the answer.
 */
async function everywhere(network: boolean, hint: Write): Promise<readonly string[]> {
  const [ports, units] = await Promise.allSettled([listSerialPorts(), network ? findUnits() : []]);
  if (units.status === "rejected") throw units.reason;
  const announced = units.value.flatMap(({ address, telemetry }) =>
    telemetry === null ? [address] : [address, telemetry],
  );
  if (ports.status === "fulfilled") return [...ports.value.map(({ path }) => `serial:${path}`), ...announced];
  if (announced.length === 0 || !(ports.reason instanceof QkdError)) throw ports.reason;
  hint(`${ports.reason.line}\n`);
  return announced;
}

/** A scan takes seconds: each speed that is tried is told once a line is scanned at all. */
function scanProgress(hint: Write): (address: string) => void {
  return (address) => hint(`trying ${address}\n`);
}

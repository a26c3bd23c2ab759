import { Command } from "commander";
import { listSerialPorts, parseAddress, probeAddress } from "../drivers/index.ts";
import { addressesOf } from "./probe/addresses.ts";
import { findingJson, findingLine } from "./probe/finding-line.ts";
import { EXIT } from "./report-error.ts";
import { wholeNumber } from "./whole-number.ts";

interface ProbeFlags {
  readonly timeout: number;
  readonly json?: true;
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
      "addresses, hosts or serial ports; every serial port of this machine without any",
    )
    .option("--timeout <ms>", "longest wait for a connection or an answer", wholeNumber, 800)
    .option("--json", "one JSON line for each address")
    .addHelpText(
      "after",
      `
A serial port without settings (/dev/ttyUSB0) is tried at every usual speed and parity. A host without a port is asked at
5525 and, for telemetry, at Modbus TCP 502.
Exit code: 0 a transceiver or its telemetry answered, 1 none did.`,
    )
    .action(async (arguments_: readonly string[], flags: ProbeFlags) => {
      const asked = arguments_.length > 0 ? arguments_.flatMap(addressesOf) : await serialPorts();
      if (asked.length === 0) hint("this machine has no serial port; name hosts or ports to probe\n");
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

async function serialPorts(): Promise<readonly string[]> {
  return (await listSerialPorts()).map(({ path }) => `serial:${path}`);
}

/** A scan takes seconds: each speed that is tried is told once a line is scanned at all. */
function scanProgress(hint: Write): (address: string) => void {
  return (address) => hint(`trying ${address}\n`);
}

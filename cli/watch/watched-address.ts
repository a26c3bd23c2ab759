import { parseTelemetryAddress } from "../../drivers/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { addressesOf } from "../probe/addresses.ts";

/** A unit that is to be watched: where it takes commands, and where its registers are read, if anywhere. */
export interface WatchedAddress {
  readonly address: string;
  readonly telemetry: string | null;
}

/**
 * The units that a command line names: `telemetry` belongs to the addresses in order. ConfigError QKD_USAGE for an address
 * that takes no commands, for more than two, and for telemetry without a unit.
 */
export function watchedAddresses(
  addresses: readonly string[],
  telemetry: readonly string[],
): readonly WatchedAddress[] {
  const usage = (sentence: string, remedy: string) => new ConfigError("QKD_USAGE", sentence, { remedy });
  if (addresses.length === 0 || addresses.length > 2)
    throw usage(
      "one or two units can be watched",
      "name the address of one unit, or of both units of a link",
    );
  if (telemetry.length > addresses.length)
    throw usage(
      "there are more telemetry addresses than units",
      "give --telemetry once for each address, in order",
    );
  for (const address of telemetry) parseTelemetryAddress(address);
  return addresses.map((text, index) => {
    const [address = text] = addressesOf(text);
    if (address.startsWith("modbus"))
      throw usage(
        `"${text.slice(0, 80)}" is a telemetry address`,
        "name the unit's own address, and this one with --telemetry",
      );
    return { address, telemetry: telemetry[index] ?? null };
  });
}

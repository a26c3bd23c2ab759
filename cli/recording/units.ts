import { parseAddress } from "../../drivers/index.ts";
import { ConfigError } from "../../errors/index.ts";

/** One unit of a recording: where its session is, where its telemetry, or both. */
export interface UnitAddresses {
  readonly session?: string;
  readonly telemetry?: string;
}

/**
 * Units named by addresses in a row: a telemetry address belongs to the session address right before it, and is a unit of its own
 * elsewhere. Throws TransportError QKD_TRANSPORT_ADDRESS, ConfigError QKD_USAGE for an address named twice.
 */
export function unitsOf(addresses: readonly string[]): readonly UnitAddresses[] {
  const units: UnitAddresses[] = [];
  for (const [index, address] of addresses.entries()) {
    if (addresses.indexOf(address) < index) throw new ConfigError("QKD_USAGE", `${address} is named twice`);
    const last = units.at(-1);
    if (!parseAddress(address).kind.startsWith("modbus+")) units.push({ session: address });
    else if (last?.session !== undefined && last.telemetry === undefined)
      units[units.length - 1] = { ...last, telemetry: address };
    else units.push({ telemetry: address });
  }
  return units;
}

import {
  type OpenedTransceiver,
  openTelemetry,
  openTransceiver,
  type Telemetry,
} from "../../drivers/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { LinkUnit, LinkUnits } from "./look-collector.ts";

/** Units that are open, and how to let go of them. */
export interface OpenUnits {
  readonly units: LinkUnits;
  readonly close: () => Promise<void>;
}

/**
 * Opens both units of a link, whichever is named first, and telemetry, which is told by its serial number to which unit it
 * belongs.
 * @throws ConfigError QKD_USAGE for two units of one role or of different links, and for telemetry of neither; what
 * opening rejects with.
 */
export async function openUnits(
  addresses: readonly string[],
  telemetryAddresses: readonly string[],
  signal: AbortSignal,
): Promise<OpenUnits> {
  const devices: OpenedTransceiver[] = [];
  const telemetries: Telemetry[] = [];
  const close = async (): Promise<void> => {
    await Promise.allSettled([...devices, ...telemetries].map((one) => one.close()));
  };
  try {
    for (const address of addresses) devices.push(await openTransceiver(address, { signal }));
    const serials = new Map<string, Telemetry>();
    for (const address of telemetryAddresses) {
      const telemetry = openTelemetry(address);
      telemetries.push(telemetry);
      const { serialNumber = "" } = await telemetry.identification();
      if (!devices.some(({ identity }) => identity.serial === serialNumber))
        throw mistake(`the telemetry ${address} is of the unit "${serialNumber}", which no address leads to`);
      serials.set(serialNumber, telemetry);
    }
    const unit = (role: "qtx" | "qrx"): LinkUnit => {
      const device = devices.find(({ identity }) => identity.role === role);
      if (device === undefined) throw mistake("both addresses lead to units of the same role");
      return { device, telemetry: serials.get(device.identity.serial) };
    };
    const units = { alice: unit("qtx"), bob: unit("qrx") };
    const [alice, bob] = [units.alice.device.identity, units.bob.device.identity];
    if (alice.linkId !== bob.linkId)
      throw mistake(`the units ${alice.serial} and ${bob.serial} belong to different links`);
    return { units, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const mistake = (sentence: string): ConfigError =>
  new ConfigError("QKD_USAGE", sentence, { remedy: "name the transmitter and the receiver of one link" });

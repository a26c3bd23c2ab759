import { hostname, userInfo } from "node:os";
import { CommissionError } from "../../errors/index.ts";
import type { CommandLog } from "../evidence/command-log.ts";
import type { LinkPlan } from "../plan/link-plan.ts";
import { openUnit, type Unit } from "../units/unit.ts";
import type { CommissionOptions } from "./commission-options.ts";

/** Both units of a link, opened. */
export interface OpenedUnits {
  readonly alice: Unit;
  readonly bob: Unit;
  close(): Promise<void>;
}

/** Opens both units; if one cannot be opened the other is closed again, and the error names the address. */
export async function openUnits(
  options: Pick<CommissionOptions, "alice" | "bob" | "aliceTelemetry" | "bobTelemetry" | "signal">,
  log: CommandLog,
): Promise<OpenedUnits> {
  const opening = [
    openUnit("alice", options.alice, options.aliceTelemetry, log, options.signal),
    openUnit("bob", options.bob, options.bobTelemetry, log, options.signal),
  ] as const;
  const opened = await Promise.allSettled(opening);
  const close = async (): Promise<void> => {
    for (const one of opened) if (one.status === "fulfilled") await one.value.close().catch(() => {});
  };
  const failed = opened.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  const [alice, bob] = await Promise.all(opening);
  return { alice, bob, close };
}

/** Keeps both units for this run, under a name that tells others whom to ask. */
export async function keepUnits({ alice, bob }: OpenedUnits, plan: LinkPlan): Promise<void> {
  const holder = `commissioning by ${plan.operator?.name ?? userInfo().username} at ${hostname()}`.slice(
    0,
    200,
  );
  for (const unit of [alice, bob]) await unit.keep(holder);
}

/**
 * Refuses a link that others use: key is made on it, or will be as soon as the other end is there.
 * @throws CommissionError QKD_COMMISSION_BUSY.
 */
export async function refuseBusyLink({ alice, bob }: OpenedUnits): Promise<void> {
  for (const unit of [alice, bob]) {
    const { sessionNumber } = await unit.command("getStatus", {}, () => unit.device.status());
    if (sessionNumber !== 0)
      throw new CommissionError(
        "QKD_COMMISSION_BUSY",
        `a key exchange runs at ${unit.name}, ${unit.serial}`,
        {
          context: { unit: unit.site, serial: unit.serial },
        },
      );
  }
}

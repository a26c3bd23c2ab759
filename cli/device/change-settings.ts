import { filter, firstValueFrom, timeout } from "rxjs";
import type { OpenedTransceiver, UnitParameter, UnitParameterValue } from "../../drivers/index.ts";
import { DeviceError, type QkdError } from "../../errors/index.ts";
import { beginChange, endChange, pendingChange } from "./settings-journal.ts";
import type { UnitSession } from "./unit-session.ts";

/** One setting and the value that it shall have. */
export interface SettingChange {
  readonly parameter: UnitParameter;
  readonly to: UnitParameterValue;
}

/** A unit that went away in the middle of a change is waited for so long, to be put right. */
const RETURN_MS = 15_000;

/**
 * Sets everything or nothing. What was found is written down first; when a setting is refused, the user stops or the unit
 * goes away, what was set goes back, as soon as the unit is there. Gives the values that the unit took.
 */
export async function changeSettings(
  unit: UnitSession,
  changes: readonly SettingChange[],
  told: (done: number) => void = () => {},
): Promise<Readonly<Record<string, UnitParameterValue>>> {
  const { transceiver, until } = unit;
  const found = Object.fromEntries(changes.map(({ parameter }) => [parameter.name, parameter.value]));
  const taken: Record<string, UnitParameterValue> = {};
  const touched = new Set<string>();
  beginChange(transceiver.identity, { found });
  try {
    await inAnyOrder(changes, async ({ parameter, to }) => {
      const { name } = parameter;
      touched.add(name);
      try {
        taken[name] = await until(transceiver.service.setParameter(name, to));
      } catch (error) {
        // A refusal changes nothing; with any other failure nobody knows.
        if (error instanceof DeviceError) touched.delete(name);
        throw error;
      }
      told(Object.keys(taken).length);
    });
  } catch (error) {
    await putBack(
      transceiver,
      Object.entries(found).filter(([name]) => touched.has(name)),
      error as QkdError,
    );
    throw error;
  }
  endChange(transceiver.identity);
  return taken;
}

/** Puts back what a change that never ended had found; false when there was none. */
export async function restoreSettings({ transceiver, until }: UnitSession): Promise<boolean> {
  const { identity, service } = transceiver;
  const pending = pendingChange(identity);
  if (pending === undefined) return false;
  const settings = Object.entries(pending.found);
  await inAnyOrder(settings, ([name, value]) => until(service.setParameter(name, value)));
  endChange(identity);
  return true;
}

/**
 * Some settings bind each other (mean photon numbers keep an order): what is refused for its value is tried again after
 * the others, as long as that gets anywhere.
 */
async function inAnyOrder<T>(all: readonly T[], set: (one: T) => Promise<unknown>): Promise<void> {
  let left = all;
  while (left.length > 0) {
    const refused: T[] = [];
    let why: unknown;
    for (const one of left)
      try {
        await set(one);
      } catch (error) {
        if (!(error instanceof DeviceError) || error.code !== "QKD_DEVICE_BAD_PARAMETER") throw error;
        refused.push(one);
        why ??= error;
      }
    if (refused.length === left.length) throw why;
    left = refused;
  }
}

/** After a failure: what is set goes back. Where that cannot be, the error says what is left to do. */
async function putBack(
  transceiver: OpenedTransceiver,
  found: readonly (readonly [name: string, value: UnitParameterValue])[],
  cause: QkdError,
): Promise<void> {
  if (found.length === 0) return endChange(transceiver.identity);
  try {
    await firstValueFrom(
      transceiver.state$.pipe(
        filter((state) => state === "online"),
        timeout({ first: RETURN_MS }),
      ),
    );
    await inAnyOrder(found, ([name, value]) => transceiver.service.setParameter(name, value));
    endChange(transceiver.identity);
  } catch {
    throw new DeviceError(
      "QKD_DEVICE_STATE",
      `Setting was interrupted, and the unit may be half set: ${cause.message}`,
      {
        cause,
        context: { settings: found.map(([name]) => name).join(", ") },
        remedy: "connect the unit again, then put its settings back with qkdlink device ADDR restore",
      },
    );
  }
}

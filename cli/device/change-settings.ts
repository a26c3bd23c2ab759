import { filter, firstValueFrom, timeout } from "rxjs";
import type { OpenedTransceiver, UnitParameter, UnitParameterValue } from "../../drivers/index.ts";
import { DeviceError, type QkdError } from "../../errors/index.ts";
import { beginChange, endChange, pendingChange } from "./settings-journal.ts";
import type { DeviceOutput, UnitSession } from "./unit-session.ts";

/** One setting and the value that it shall have. */
export interface SettingChange {
  readonly parameter: UnitParameter;
  readonly to: UnitParameterValue;
}

/** What was changed, and the values that the unit took. */
export interface ChangedSettings {
  readonly changes: readonly SettingChange[];
  readonly taken: Readonly<Record<string, UnitParameterValue>>;
}

type Found = readonly (readonly [name: string, value: UnitParameterValue])[];

/** A unit that went away in the middle of a change is waited for so long, to be put right. */
const RETURN_MS = 15_000;

/**
 * Sets everything that `choose` wants, or nothing, under a lease of the unit. What was found is written down first; when a
 * setting is refused, the user stops or the unit goes away, what was set goes back, as soon as the unit is there.
 */
export async function changeSettings(
  unit: UnitSession,
  purpose: string,
  choose: () => Promise<readonly SettingChange[]>,
  told: (done: number) => void = () => {},
): Promise<ChangedSettings> {
  const { identity } = unit.transceiver;
  const taken: Record<string, UnitParameterValue> = {};
  let changes: readonly SettingChange[] = [];
  try {
    await unit.leased(purpose, "keep", async () => {
      const chosen = await choose();
      if (chosen.length === 0) return;
      beginChange(identity, { found: Object.fromEntries(foundOf(chosen)) });
      await setAll(unit, chosen, taken, told);
      changes = chosen;
    });
  } catch (error) {
    // A lease that could not be given back in order: whether the unit has kept what is volatile nobody knows.
    if (changes.length > 0) await putBack(unit.transceiver, foundOf(changes), error as QkdError);
    throw error;
  }
  if (changes.length > 0) endChange(identity);
  return { changes, taken };
}

/** Puts back what a change that never ended had found; false when there was none. */
export async function restoreSettings(unit: UnitSession): Promise<boolean> {
  const { identity, service } = unit.transceiver;
  const pending = pendingChange(identity);
  if (pending === undefined) return false;
  await unit.leased("device restore", "keep", () =>
    inAnyOrder(Object.entries(pending.found), ([name, value]) =>
      unit.until(service.setParameter(name, value)),
    ),
  );
  endChange(identity);
  return true;
}

/** The same, before another change. */
export async function restoreFirst(unit: UnitSession, output: DeviceOutput): Promise<void> {
  if (await restoreSettings(unit)) output.hint("settings of an interrupted change were put back first\n");
}

const foundOf = (changes: readonly SettingChange[]): Found =>
  changes.map(({ parameter: { name, value } }) => [name, value]);

async function setAll(
  { transceiver, until }: UnitSession,
  changes: readonly SettingChange[],
  taken: Record<string, UnitParameterValue>,
  told: (done: number) => void,
): Promise<void> {
  const touched = new Set<string>();
  try {
    await inAnyOrder(changes, async ({ parameter: { name }, to }) => {
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
    const found = foundOf(changes).filter(([name]) => touched.has(name));
    await putBack(transceiver, found, error as QkdError);
    throw error;
  }
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
async function putBack(transceiver: OpenedTransceiver, found: Found, cause: QkdError): Promise<void> {
  const { identity, service, state$ } = transceiver;
  try {
    if (found.length > 0)
      await firstValueFrom(
        state$.pipe(
          filter((state) => state === "online"),
          timeout({ first: RETURN_MS }),
        ),
      );
    await inAnyOrder(found, ([name, value]) => service.setParameter(name, value));
    endChange(identity);
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

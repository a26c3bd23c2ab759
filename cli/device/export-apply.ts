import { Command } from "commander";
import {
  checkParameterValue,
  namedParameter,
  type TransceiverIdentity,
  type UnitParameter,
  type UnitParameterValue,
} from "../../drivers/index.ts";
import { DeviceError, QkdError } from "../../errors/index.ts";
import { confirmed } from "./ask.ts";
import { changeSettings, restoreFirst, restoreSettings, type SettingChange } from "./change-settings.ts";
import type { DeviceAction } from "./device-action.ts";
import { readSettings, type SettingsFile, settingsOf, writeSettings } from "./settings-file.ts";
import { atUnit, type UnitFlags, withUnitOptions } from "./unit-session.ts";
import { columns, jsonLine, valueWords } from "./unit-words.ts";

/** `device ADDR export FILE`: all settings into a file. */
export const exportAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("export")
      .description("write all settings of the unit into a file, for another unit that takes its place")
      .argument("<file>", "the file, YAML, or JSON where its name ends in .json")
      .option("--force", "replace a file that is there"),
  ).action((name: string, flags: UnitFlags & { readonly force?: true }) =>
    atUnit(address, flags, output, async ({ transceiver, until }) => {
      const file = settingsOf(
        transceiver.identity,
        await until(transceiver.service.parameters()),
        new Date(),
      );
      writeSettings(file, name, flags.force === true);
      const count = Object.keys(file.settings).length + Object.keys(file.volatile).length;
      output.write(flags.json ? jsonLine({ file: name, ...file }) : `${name} holds ${count} settings\n`);
    }),
  );

interface ApplyFlags extends UnitFlags {
  readonly yes?: true;
  readonly dryRun?: true;
  readonly volatile?: true;
  readonly otherModel?: true;
}

/** `device ADDR apply FILE`: settings of a file, all or none, after a look at what they change. */
export const applyAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("apply")
      .description("set the unit as a file of settings says: all of them, or none")
      .argument("<file>", "a file that export has written")
      .option("--yes", "do not ask")
      .option("--dry-run", "only show what would change")
      .option("--volatile", "also how the other unit was aligned, which it would forget when switched off")
      .option("--other-model", "take settings of another model"),
  ).action((name: string, flags: ApplyFlags) => {
    const file = readSettings(name);
    return atUnit(address, flags, output, async (unit) => {
      const { identity, service } = unit.transceiver;
      checkUnit(file, identity, flags.otherModel === true);
      await restoreFirst(unit, output);
      let wanted: readonly SettingChange[] = [];
      const choose = async (): Promise<readonly SettingChange[]> => {
        wanted = changesOf(file, await unit.until(service.parameters()), flags.volatile === true);
        if (!flags.json) output.write(wanted.length === 0 ? "nothing to change\n" : differences(wanted));
        if (flags.dryRun || wanted.length === 0) return [];
        if (flags.yes || (await confirmed(`set ${identity.model} ${identity.serial} so?`, unit.signal)))
          return wanted;
        output.hint("nothing was changed\n");
        return [];
      };
      const progress = process.stderr.isTTY && !flags.json;
      const { changes, taken } = await changeSettings(unit, "device apply", choose, (done) => {
        if (progress) output.hint(`\r${done} of ${wanted.length} set${done === wanted.length ? "\n" : ""}`);
      });
      const applied = changes.length > 0;
      if (flags.json) output.write(jsonLine({ applied, changes: wanted.map(told), taken }));
      else if (applied)
        output.write(`${changes.length === 1 ? "1 setting is" : `${changes.length} settings are`} changed\n`);
    });
  });

/** `device ADDR restore`: puts back what an interrupted change had found. */
export const restoreAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("restore").description("put back the settings that an interrupted set or apply had found"),
  ).action((flags: UnitFlags) =>
    atUnit(address, flags, output, async (unit) => {
      const restored = await restoreSettings(unit);
      const words = restored
        ? "the settings are as they were before the interrupted change"
        : "no change of this unit was interrupted on this machine";
      output.write(flags.json ? jsonLine({ restored }) : `${words}\n`);
    }),
  );

/** Throws DeviceError for settings of another end, or of another model where that was not said. */
function checkUnit({ unit }: SettingsFile, identity: TransceiverIdentity, otherModel: boolean): void {
  const context = { file: `${unit.vendor} ${unit.model}`, unit: `${identity.vendor} ${identity.model}` };
  if (unit.role !== identity.role)
    throw new DeviceError(
      "QKD_DEVICE_ROLE",
      `These are settings of a ${unit.role}, and the unit is a ${identity.role}`,
      {
        context,
        remedy: "take the file of the unit that stood here",
      },
    );
  if (!otherModel && (unit.vendor !== identity.vendor || unit.model !== identity.model))
    throw new DeviceError(
      "QKD_DEVICE_IDENTITY",
      `These are settings of a ${context.file}, and the unit is a ${context.unit}`,
      { context, remedy: "take the file of such a unit, or say --other-model" },
    );
}

/** What would change. Throws for a setting that the unit does not have or would refuse, before anything is sent. */
function changesOf(
  file: SettingsFile,
  parameters: readonly UnitParameter[],
  withVolatile: boolean,
): readonly SettingChange[] {
  const wanted = Object.entries({ ...file.settings, ...(withVolatile ? file.volatile : {}) });
  return wanted.flatMap(([name, to]): SettingChange[] => {
    const parameter = namedParameter(parameters, name);
    if (parameter.value === to) return [];
    try {
      checkParameterValue(parameter, to);
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      throw new DeviceError("QKD_DEVICE_BAD_PARAMETER", `The file does not fit this unit: ${error.message}`, {
        context: { parameter: name },
        remedy: `${error.remedy}, in the file`,
      });
    }
    return [{ parameter, to }];
  });
}

const told = ({ parameter: { name, value, unit }, to }: SettingChange) => ({
  name,
  from: value as UnitParameterValue,
  to,
  unit,
});

function differences(changes: readonly SettingChange[]): string {
  return columns(
    changes.map(({ parameter: { name, value, unit }, to }) => [
      name,
      valueWords(value, unit),
      `-> ${valueWords(to, unit)}`,
    ]),
  );
}

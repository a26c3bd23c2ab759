import { Command } from "commander";
import type { UnitParameter, UnitParameterValue } from "../../drivers/index.ts";
import { checkParameterValue, namedParameter } from "../../drivers/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { changeSettings, restoreFirst, type SettingChange } from "./change-settings.ts";
import type { DeviceAction } from "./device-action.ts";
import { atUnit, type UnitFlags, withUnitOptions } from "./unit-session.ts";
import { columns, jsonLine, rangeWords, valueWords } from "./unit-words.ts";

/** `device ADDR get [NAME…]`: settings by name. */
export const getAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("get")
      .description("settings by name; all without a name")
      .argument("[name...]", "names of settings"),
  ).action((names: readonly string[], flags: UnitFlags) =>
    atUnit(address, flags, output, async ({ transceiver, until }) => {
      const all = await until(transceiver.service.parameters());
      const parameters = names.length === 0 ? all : names.map((name) => namedParameter(all, name));
      const rows = parameters.map((one) => [one.name, valueWords(one.value, one.unit), rangeWords(one)]);
      output.write(flags.json ? jsonLine({ parameters }) : columns(rows));
    }),
  );

/** `device ADDR set NAME VALUE` or `NAME=VALUE…`: all of them or none. */
export const setAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("set")
      .description("set one setting (NAME VALUE) or several (NAME=VALUE...): all of them, or none")
      .argument("<setting...>", "NAME VALUE, or NAME=VALUE once or more")
      .addHelpText("after", "\nVolatile settings last until the unit is switched off."),
  ).action((words: readonly string[], flags: UnitFlags) => {
    const wanted = wantedSettings(words);
    return atUnit(address, flags, output, async (unit) => {
      const { service } = unit.transceiver;
      await restoreFirst(unit, output);
      const { changes, taken } = await changeSettings(unit, "device set", async () => {
        const all = await unit.until(service.parameters());
        return wanted.map(([name, text]): SettingChange => {
          const parameter = namedParameter(all, name);
          const to = valueOfWord(parameter, text);
          checkParameterValue(parameter, to);
          return { parameter, to };
        });
      });
      const set = changes.map(({ parameter: { name, unit: of, value } }) => ({
        name,
        from: value,
        to: taken[name] as UnitParameterValue,
        unit: of,
      }));
      const lines = set.map(
        ({ name, from, to, unit: of }) => `${name}: ${valueWords(from, of)} -> ${valueWords(to, of)}\n`,
      );
      output.write(flags.json ? jsonLine({ set }) : lines.join(""));
    });
  });

/** Throws ConfigError QKD_USAGE. */
function wantedSettings(words: readonly string[]): readonly (readonly [name: string, text: string])[] {
  const [first = "", second] = words;
  if (words.length === 2 && second !== undefined && !first.includes("=")) return [[first, second]];
  const pairs = words.map((word): readonly [string, string] => {
    const at = word.indexOf("=");
    if (at < 1) throw notSetting(word);
    return [word.slice(0, at), word.slice(at + 1)];
  });
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ConfigError("QKD_USAGE", `${twice} is set twice`, { remedy: "set it once" });
  return pairs;
}

function notSetting(word: string): ConfigError {
  return new ConfigError("QKD_USAGE", `${word} sets nothing`, {
    remedy: "write NAME VALUE, or NAME=VALUE once or more",
  });
}

/** What is typed is text; a number or a truth value is made of it where the setting is one. */
function valueOfWord({ type }: UnitParameter, text: string): UnitParameterValue {
  if (type === "text") return text;
  if (type === "boolean") {
    if (/^(true|on|yes|1)$/i.test(text)) return true;
    if (/^(false|off|no|0)$/i.test(text)) return false;
    return text;
  }
  const value = Number(text);
  return text.trim() === "" || Number.isNaN(value) ? text : value;
}

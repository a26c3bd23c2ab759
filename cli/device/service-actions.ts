import { Command, InvalidArgumentError, Option } from "commander";
import { DeviceError } from "../../errors/index.ts";
import { CALIBRATION_STEPS, CALIBRATION_VARIANTS, RESET_KINDS, TUNE_TARGETS } from "../../protocol/index.ts";
import { wholeNumber } from "../whole-number.ts";
import { confirmed } from "./ask.ts";
import type { DeviceAction } from "./device-action.ts";
import { atUnit, type UnitFlags, withUnitOptions } from "./unit-session.ts";
import { columns, jsonLine } from "./unit-words.ts";

/** `device ADDR self-test`. */
export const selfTestAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("self-test").description("have the unit test its own parts; only while it is idle"),
  ).action((flags: UnitFlags) =>
    atUnit(address, flags, output, (unit) =>
      unit.leased("device self-test", "keep", async () => {
        const results = await unit.until(unit.transceiver.selfTest());
        const failed = results.filter(({ outcome }) => outcome === "failed");
        const rows = results.map(({ name, outcome, value, unit: of, text }) => [
          outcome,
          name,
          `${Number(value.toPrecision(6))} ${of}`.trim(),
          text,
        ]);
        output.write(flags.json ? jsonLine({ passed: failed.length === 0, results }) : columns(rows));
        if (failed.length > 0)
          throw new DeviceError(
            "QKD_DEVICE_STATE",
            `The self-test failed: ${failed.map(({ name }) => name).join(", ")}`,
            {
              context: { failed: failed.length },
              remedy: "repair what failed, then test again",
            },
          );
      }),
    ),
  );

type Step = keyof typeof CALIBRATION_STEPS;

/** `device ADDR calibrate [STEP]`. */
export const calibrateAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("calibrate")
      .description("run a calibration, one step or all; only while the unit is idle")
      .argument(
        "[step]",
        `one of ${Object.keys(CALIBRATION_STEPS).join(", ")}`,
        oneOf<Step>(CALIBRATION_STEPS),
        "all",
      )
      .addOption(
        new Option(
          "--variant <name>",
          "first: from nothing; full: around the saved values; fast: check these",
        )
          .choices(Object.keys(CALIBRATION_VARIANTS))
          .default("fast"),
      ),
  ).action((step: Step, flags: UnitFlags & { readonly variant: keyof typeof CALIBRATION_VARIANTS }) =>
    atUnit(address, flags, output, (unit) =>
      unit.leased("device calibrate", "keep", async () => {
        const results: object[] = [];
        await unit.each(unit.transceiver.calibrate(step, flags.variant), (event) => {
          if (event.type === "progress") {
            if (process.stderr.isTTY && !flags.json)
              output.hint(`\r\u001b[K${event.step} ${event.percent} %`);
            return;
          }
          if (process.stderr.isTTY && !flags.json) output.hint("\r\u001b[K");
          const { step: of, outcome, value, unit: valueUnit, text } = event;
          results.push({ step: of, outcome, value, unit: valueUnit, text });
          if (!flags.json) output.write(`${of}: ${outcome}, ${text}\n`);
        });
        if (flags.json) output.write(jsonLine({ passed: true, results }));
      }),
    ),
  );

type Target = keyof typeof TUNE_TARGETS;

/** `device ADDR tune WHAT [--auto [S]|--off]`. */
export const tuneAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("tune")
      .description("have the unit adjust one setting in service: now, or by itself from now on")
      .argument("<what>", `one of ${Object.keys(TUNE_TARGETS).join(", ")}`, oneOf<Target>(TUNE_TARGETS))
      .addOption(
        new Option("--auto [seconds]", "now and again at this interval").argParser(interval).preset("600"),
      )
      .addOption(new Option("--off", "not any more by itself").conflicts("auto")),
  ).action((what: Target, flags: UnitFlags & { readonly auto?: number; readonly off?: true }) =>
    atUnit(address, flags, output, (unit) =>
      unit.leased("device tune", "keep", async () => {
        const { service } = unit.transceiver;
        const everyS = flags.off ? 0 : flags.auto;
        if (everyS !== undefined) {
          await unit.until(service.tuneByItself(what, everyS));
          const words = everyS === 0 ? "is not adjusted by itself any more" : `is adjusted every ${everyS} s`;
          output.write(flags.json ? jsonLine({ what, intervalS: everyS }) : `${what} ${words}\n`);
          return;
        }
        const result = await unit.until(service.tune(what));
        const { outcome, from, to, unit: of, text } = result;
        output.write(
          flags.json ? jsonLine({ result }) : `${what}: ${outcome}, ${from} ${of} -> ${to} ${of}; ${text}\n`,
        );
        if (outcome === "failed")
          throw new DeviceError("QKD_DEVICE_STATE", `The unit could not adjust ${what}: ${text}`, {
            context: { what },
            remedy: "see to what the unit says, then adjust again",
          });
      }),
    ),
  );

/** `device ADDR alarms [--clear]`. */
export const alarmsAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("alarms")
      .description("alarms that are raised now")
      .option("--clear", "first clear latched ones whose cause is gone"),
  ).action((flags: UnitFlags & { readonly clear?: true }) =>
    atUnit(address, flags, output, async ({ transceiver, until }) => {
      if (flags.clear) await until(transceiver.service.resetAlarmLatch());
      const alarms = await until(transceiver.activeAlarms());
      const rows = alarms.map(({ severity, level, name, value, text }) => [
        severity,
        level,
        name,
        `${value}`,
        text,
      ]);
      output.write(
        flags.json ? jsonLine({ alarms }) : rows.length === 0 ? "no alarm is raised\n" : columns(rows),
      );
    }),
  );

/** Entries asked for at once; a unit may send fewer. */
const PIECE = 200;
const FOLLOW_MS = 1000;

/** `device ADDR log [--from N] [--follow]`. */
export const logAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("log")
      .description("the log of the unit")
      .option("--from <index>", "only entries from this one on", wholeNumber, 0)
      .option("--follow", "go on with what comes, until Ctrl-C"),
  ).action((flags: UnitFlags & { readonly from: number; readonly follow?: true }) =>
    atUnit(address, flags, output, async (unit) => {
      let next = flags.from;
      const tell = async (): Promise<void> => {
        for (;;) {
          const entries = await unit.until(unit.transceiver.readLog(next, PIECE));
          const fresh = entries.filter(({ index }) => index >= next);
          if (fresh.length === 0) return;
          for (const entry of fresh) output.write(flags.json ? jsonLine(entry) : logLine(entry));
          next = Math.max(...fresh.map(({ index }) => index)) + 1;
        }
      };
      await tell();
      while (flags.follow && !unit.stopped) {
        try {
          await unit.until(new Promise<void>((resolve) => setTimeout(resolve, FOLLOW_MS)));
        } catch (error) {
          if (unit.stopped) return;
          throw error;
        }
        await tell();
      }
    }),
  );

const logLine = ({
  index,
  uptimeMs,
  level,
  text,
}: {
  index: number;
  uptimeMs: bigint;
  level: string;
  text: string;
}) =>
  `${String(index).padStart(5)} ${(Number(uptimeMs) / 1000).toFixed(1).padStart(10)} s ${level.padEnd(7)} ${text}\n`;

type Reset = keyof typeof RESET_KINDS;

/** `device ADDR reset [soft|hard|factory]`. */
export const resetAction: DeviceAction = (address, output) =>
  withUnitOptions(
    new Command("reset")
      .description(
        "soft: end what runs; hard: as if switched off and on; factory: every setting to its default",
      )
      .argument("[how]", "soft, hard or factory", oneOf<Reset>(RESET_KINDS), "soft")
      .option("--yes", "do not ask before a hard or factory reset"),
  ).action((how: Reset, flags: UnitFlags & { readonly yes?: true }) =>
    atUnit(address, flags, output, async (unit) => {
      const { identity } = unit.transceiver;
      const what = how === "factory" ? "forget every setting of" : "restart";
      if (
        how !== "soft" &&
        !flags.yes &&
        !(await confirmed(`${what} ${identity.model} ${identity.serial}?`, unit.signal))
      ) {
        output.hint("nothing was done\n");
        return;
      }
      unit.mayHangUp();
      await unit.until(unit.transceiver.reset(how));
      output.write(flags.json ? jsonLine({ reset: how }) : `the unit has taken the ${how} reset\n`);
    }),
  );

function oneOf<N extends string>(names: Readonly<Record<N, unknown>>): (text: string) => N {
  return (text) => {
    if (!Object.hasOwn(names, text))
      throw new InvalidArgumentError(`Use one of ${Object.keys(names).join(", ")}.`);
    return text as N;
  };
}

function interval(text: string): number {
  const seconds = wholeNumber(text);
  if (seconds < 10 || seconds > 65_535)
    throw new InvalidArgumentError("It lies between 10 and 65535 seconds.");
  return seconds;
}

import { describe, expect, it } from "vitest";
import { ConfigError, ERROR_REMEDIES } from "../errors/index.ts";
import { EXIT, reportError } from "./report-error.ts";
import { runCommand } from "./run-command.ts";

const run = (...args: string[]) => runCommand(args);

describe("the command line", () => {
  it.each([
    ["an unknown command", ["plann"]],
    ["an unknown option", ["plan", "--losses", "3"]],
    ["a missing option", ["control"]],
    ["a text for a number", ["demo", "--loss-db", "ten"]],
    ["a run that would end before it begins", ["demo", "--for", "-3"]],
    ["a speed that is none", ["demo", "--speed", "zz"]],
    ["a value outside its range", ["plan", "--loss-db", "-3"]],
    ["an unknown preset", ["plan", "--preset", "nope"]],
  ])("answers %s with one line and exit code 2", async (_name, args) => {
    const { code, errors } = await run(...args);
    expect(code).toBe(EXIT.usage);
    expect(errors).toMatch(/^QKD_[A-Z_]+: .*\. Remedy: .*\.\n$/);
  });

  it.each([
    [["emulat"], "unknown command 'emulat'. Remedy: write emulate."],
    [["plan", "--los-db", "3"], "unknown option '--los-db'. Remedy: write --loss-db."],
    [["report", "verfy", "x"], "unknown command 'verfy'. Remedy: write verify."],
    [["nothing-like-it"], "unknown command 'nothing-like-it'. Remedy: run qkdlink --help."],
    [["device", "tcp://127.0.0.1:1", "shwo"], "a device has no action shwo. Remedy: write show."],
    [
      ["device", "tcp://127.0.0.1:1", "xyzzy"],
      "a device has no action xyzzy. Remedy: use one of show, get, set, self-test, calibrate, tune, measure, alarms, log, reset, export, apply, restore.",
    ],
    [
      ["report", "keygen"],
      "required option '--out <name>' not specified. Remedy: run qkdlink report keygen --help.",
    ],
  ])("says of %j what was meant, or where it is told", async (args, sentence) => {
    expect(await run(...args)).toEqual({ code: EXIT.usage, errors: `QKD_USAGE: ${sentence}\n` });
    const { errors } = await run(...args, "--json");
    const { error } = JSON.parse(errors);
    expect(`${error.message}. Remedy: ${error.remedy}.`).toBe(sentence);
    expect(errors).toMatch(/^[^\n]+\n$/);
  });

  it("answers a file that cannot be read with exit code 1", async () => {
    const { code, errors } = await run("control", "--config", "/nowhere/site.yaml");
    expect([code, errors.split(":")[0]]).toEqual([EXIT.failed, "QKD_CONFIG_UNREADABLE"]);
  });

  it("names the option of init that gave a folder which cannot be used", async () => {
    const { errors } = await run("init", "--out", "cli");
    expect(errors).toMatch(
      /is not empty: it holds \S+\. Remedy: name an empty folder with --out, or one that does not exist\.\n$/,
    );
  });

  it("prints errors as JSON where JSON was asked for, without what caused them", async () => {
    const cause = new Error("secret detail");
    const written: string[] = [];
    const write = process.stderr.write;
    process.stderr.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    reportError(
      new ConfigError("QKD_CONFIG_INVALID", "field a", { cause, context: { field: "a", size: 3n } }),
      true,
    );
    process.stderr.write = write;
    const { error } = JSON.parse(written.join(""));
    expect(error).toEqual({
      code: "QKD_CONFIG_INVALID",
      message: "field a",
      remedy: ERROR_REMEDIES.QKD_CONFIG_INVALID,
      context: { field: "a", size: "3" },
    });
  });
});

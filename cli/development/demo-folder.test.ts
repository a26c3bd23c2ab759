import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEMO_FILES } from "./demo-files.ts";
import { DemoFolder } from "./demo-folder.ts";
import { createDemoState, fillDemoState } from "./demo-state.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error as { code: string; message: string; remedy: string };
  }
  return null;
};

describe("the folder of a demo", () => {
  it("loses what an earlier demo made, and nothing else", async () => {
    const first = new DemoFolder(folder);
    await fillDemoState(first.path);
    for (const name of DEMO_FILES) if (!existsSync(at(name))) writeFileSync(at(name), "of the demo");
    const foreign = ["notes.txt", "alice/other.db", "alice/keys.db.copy"];
    for (const name of foreign) writeFileSync(at(name), "mine");
    first.release();
    const again = new DemoFolder(folder);
    expect(DEMO_FILES.filter((name) => existsSync(at(name)))).toEqual([]);
    for (const name of foreign) expect(readFileSync(at(name), "utf8")).toBe("mine");
    expect(existsSync(at("bob"))).toBe(false);
    await fillDemoState(again.path);
    expect(statSync(at("bob")).mode & 0o777).toBe(0o700);
    again.release();
  });

  it("names every file that is made in it", async () => {
    const demo = new DemoFolder(folder);
    await fillDemoState(demo.path);
    const made = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith(".qkdlink-demo"))
      .map((entry) => join(entry.parentPath, entry.name));
    expect(made.length).toBeGreaterThan(14);
    for (const file of made) expect(DEMO_FILES.map(at)).toContain(file);
    demo.release();
  });

  it("belongs to one demo at a time, and is free when that has ended, however it did", () => {
    const one = new DemoFolder(folder);
    writeFileSync(at("ca.pem"), "of the first");
    expect(refusal(() => new DemoFolder(folder))).toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: `${folder} is in use by another demo (process ${process.pid})`,
      remedy: "stop that demo, or name another folder with --state",
    });
    expect(readFileSync(at("ca.pem"), "utf8")).toBe("of the first");
    one.release();
    one.release();
    expect(existsSync(at(".qkdlink-demo-running"))).toBe(false);
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    for (const left of [`${pid} 1`, `${process.pid} 1`, "nonsense", ""]) {
      writeFileSync(at(".qkdlink-demo-running"), left);
      new DemoFolder(folder).release();
    }
  });

  it("is not taken over where it holds somebody else's files", () => {
    writeFileSync(at("thesis.tex"), "mine");
    expect(refusal(() => new DemoFolder(folder))).toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: `${folder} holds files that are not the demo's`,
    });
    expect(readdirSync(folder)).toEqual(["thesis.tex"]);
    expect(refusal(() => new DemoFolder(at("thesis.tex")))).toMatchObject({ code: "QKD_CONFIG_UNREADABLE" });
  });
});

describe("qkdlink init", () => {
  it("refuses a folder that holds anything, and leaves it as it was", async () => {
    await createDemoState(folder);
    const before = readdirSync(folder, { recursive: true });
    const secret = readFileSync(at("alice/link.secret"));
    await expect(createDemoState(folder)).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: expect.stringMatching(/is not empty: it holds /),
      remedy: "name an empty folder with --out, or one that does not exist",
    });
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
    expect(readFileSync(at("alice/link.secret")).equals(secret)).toBe(true);
    expect(refusal(() => new DemoFolder(folder))).toMatchObject({ code: "QKD_CONFIG_INVALID" });
  });

  it("names the file that cannot be written", async () => {
    mkdirSync(at("ca.pem"));
    await expect(fillDemoState(folder)).rejects.toMatchObject({
      code: "QKD_OUTPUT_WRITE",
      message: `${at("ca.pem")} cannot be written: it is a folder (EISDIR)`,
    });
  });
});

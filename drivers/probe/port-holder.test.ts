import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { portHolder } from "./port-holder.ts";

it("the process that has a port open is named, and nobody where it is this one or none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const port = join(folder, "port");
  const fd = openSync(port, "w");
  const child = spawn("sleep", ["60"], { stdio: [fd, "ignore", "ignore"] });
  onTestFinished(() => void child.kill());
  await once(child, "spawn");
  expect(await portHolder(port)).toEqual({ pid: child.pid, command: "sleep" });
  expect(await portHolder(port, child.pid)).toMatchObject({ pid: process.pid });
  closeSync(fd);
  expect(await portHolder(port, child.pid)).toBeUndefined();
  expect(await portHolder("/dev/ttyNOT0")).toBeUndefined();
});

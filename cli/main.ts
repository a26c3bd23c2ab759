#!/usr/bin/env node
import { needNode } from "../errors/index.ts";
import { tellOutputLoss } from "./output-loss.ts";
import { program } from "./program.ts";
import { reportError } from "./report-error.ts";

// A parent's channel only tells when the parent ends: it must not keep this process alive.
process.channel?.unref();
const json = process.argv.includes("--json");
tellOutputLoss(json, process.argv[2]);
try {
  needNode(process.versions.node);
  await (await program(process.argv)).parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportError(error, json);
}

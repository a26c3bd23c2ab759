import { appendFileSync, readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread, threadId } from "node:worker_threads";

/**
 * Loaded into each process of the chain, and with it into each of its threads: appends to the file that the environment
 * names what the process holds, every so often. Its timer keeps nothing alive. Before each sixth reading the collector runs:
 * left to itself it waits for many minutes in a process that makes little garbage, and what it has not looked at yet grows.
 */
const file = process.env.QKDLINK_SOAK_FILE;
const everyMs = Number(process.env.QKDLINK_SOAK_EVERY_MS ?? "5000");

const COLLECT_EVERY = 6;
setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
let readings = 0;

function sample() {
  if (readings++ % COLLECT_EVERY === 0) collect();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const own = { pid: process.pid, thread: threadId, atMs: Date.now(), heapUsed, external, arrayBuffers };
  if (!isMainThread) return own;
  const active = process.getActiveResourcesInfo();
  const timers = active.filter((name) => name === "Timeout" || name === "Immediate").length;
  // The folder that is being read holds one itself.
  const fds = readdirSync("/proc/self/fd").length - 1;
  return { ...own, rss, timers, handles: active.length - timers, fds };
}

if (file !== undefined)
  setInterval(
    () => appendFileSync(`${file}.${process.pid}.${threadId}`, `${JSON.stringify(sample())}\n`),
    everyMs,
  ).unref();

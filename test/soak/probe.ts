import { appendFileSync, readdirSync } from "node:fs";
import { isMainThread, threadId } from "node:worker_threads";

/**
 * Loaded into each process of the chain, and with it into each of its threads: appends to the file that the environment
 * names what the process holds, every so often. Its timer keeps nothing alive.
 */
const file = process.env.QKDLINK_SOAK_FILE;
const everyMs = Number(process.env.QKDLINK_SOAK_EVERY_MS ?? "5000");

function sample() {
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

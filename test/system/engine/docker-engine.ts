import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getContainerRuntimeClient } from "testcontainers";

/** A Docker engine that the tests can use: one that is there already, or one started for them. */
export interface DockerEngine {
  /** Variables that lead testcontainers to it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The tests need no helper images, which could not be fetched where no registry is reachable. */
const NO_HELPERS = { TESTCONTAINERS_RYUK_DISABLED: "true" };
const START_MS = 20_000;
const STOP_MS = 20_000;

/** Finds or starts an engine and leads this process to it; otherwise says in a sentence why there is none. */
export async function dockerEngine(): Promise<DockerEngine | string> {
  Object.assign(process.env, NO_HELPERS);
  const binary = ["/usr/sbin/dockerd", "/usr/bin/dockerd"].find(existsSync);
  const mayStart =
    process.env.DOCKER_HOST === undefined && process.platform === "linux" && process.getuid?.() === 0;
  // Testcontainers looks for an engine once and remembers: it is asked only when there is nothing left to start.
  if (mayStart && binary !== undefined && !(await answers("/var/run/docker.sock")))
    return startEngine(binary);
  try {
    await getContainerRuntimeClient();
    return { env: NO_HELPERS, stop: async () => {} };
  } catch {
    if (mayStart) return "no Docker engine answers, and dockerd is not installed";
    return "no Docker engine answers, and only root can start one, on Linux and without DOCKER_HOST";
  }
}

async function startEngine(binary: string): Promise<DockerEngine | string> {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-engine-"));
  const env = {
    ...NO_HELPERS,
    DOCKER_HOST: `unix://${folder}/docker.sock`,
    TESTCONTAINERS_HOST_OVERRIDE: "127.0.0.1",
  };
  // Ports are published by docker's own proxy, so the machine's firewall stays as it is.
  const daemon = spawn(
    binary,
    [
      "--iptables=false",
      "--ip6tables=false",
      "--ip-masq=false",
      "-H",
      env.DOCKER_HOST,
      "--data-root",
      `${folder}/data`,
      "--exec-root",
      `${folder}/exec`,
      "--pidfile",
      `${folder}/pid`,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  daemon.stderr.on("data", (chunk: unknown) => {
    log = `${log}${String(chunk)}`.slice(-2_000);
  });
  Object.assign(process.env, env);
  const end = Date.now() + START_MS;
  while (Date.now() < end && daemon.exitCode === null) {
    if (await answers(`${folder}/docker.sock`)) return { env, stop: () => stop(daemon, folder) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop(daemon, folder);
  return `dockerd does not start on this machine: ${log.trim().split("\n").at(-1)}`;
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    get({ socketPath, path: "/_ping", timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).once("error", () => resolve(false));
  });
}

async function stop(daemon: ChildProcess, folder: string): Promise<void> {
  if (daemon.exitCode === null) {
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    daemon.kill("SIGTERM");
    const impatience = setTimeout(() => daemon.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(impatience);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

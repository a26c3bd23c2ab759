import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A Docker engine that the tests can use: one that is there already, or one started for them. */
export interface DockerEngine {
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Finds or starts an engine; otherwise says in one sentence why there is none. */
export async function dockerEngine(): Promise<DockerEngine | string> {
  if (answers(process.env)) return { env: { ...process.env }, stop: async () => {} };
  if (process.platform !== "linux") return "no Docker engine answers";
  if (process.getuid?.() !== 0) return "no Docker engine answers, and only root can start one";
  if (!["/usr/sbin/dockerd", "/usr/bin/dockerd"].some(existsSync)) return "dockerd is not installed";
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-engine-"));
  const env = { ...process.env, DOCKER_HOST: `unix://${folder}/docker.sock` };
  const daemon = spawn(
    "dockerd",
    [
      ...["--iptables=false", "--ip6tables=false", "--ip-masq=false", "--storage-driver", "overlay2"],
      ...["-H", env.DOCKER_HOST, "--data-root", `${folder}/data`, "--exec-root", `${folder}/exec`],
      ...["--pidfile", `${folder}/pid`],
    ],
    { stdio: "ignore" },
  );
  for (let attempt = 0; attempt < 100; attempt++) {
    if (daemon.exitCode !== null) break;
    if (answers(env)) return { env, stop: () => stop(daemon, folder) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop(daemon, folder);
  return "dockerd does not start on this machine";
}

function answers(env: NodeJS.ProcessEnv): boolean {
  try {
    execFileSync("docker", ["info"], { env, stdio: "ignore", timeout: 5000 });
    return true;
  } catch {
    return false;
  }
}

async function stop(daemon: ChildProcess, folder: string): Promise<void> {
  if (daemon.exitCode === null) {
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    daemon.kill("SIGTERM");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

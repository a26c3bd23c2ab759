// Builds the package: plain JavaScript with declarations, the page of the dashboard, the WebAssembly kernels.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, globSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isStale } from "./stale-output.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (bin, ...args) => {
  const result = spawnSync(process.execPath, [`${root}node_modules/${bin}`, ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
};

if (!process.argv.includes("--kernels")) {
  run("typescript/bin/tsc", "-p", "tsconfig.build.json");
  // Documents are in the package where their links lead somewhere.
  for (const asset of [
    "emulator/scenarios",
    "emulator/networks",
    "emulator/scenario/scenario.schema.json",
    "report/schema/report.schema.json",
  ])
    cpSync(`${root}${asset}`, `${root}dist/${asset}`, {
      recursive: true,
      filter: (path) => !path.endsWith(".md"),
    });
  // What earlier sources left behind would go into the package, too. Files in use are written over, never removed.
  for (const path of globSync("**/*.*", { cwd: `${root}dist` }))
    if (isStale(path, (source) => existsSync(`${root}${source}`))) rmSync(`${root}dist/${path}`);
  run("vite/bin/vite.js", "build", "--config", "web/vite.config.mjs");
}
run("assemblyscript/bin/asc.js", "--config", "kernels/asconfig.json", "--target", "release");
if (existsSync(`${root}dist/cli/main.js`)) chmodSync(`${root}dist/cli/main.js`, 0o755);

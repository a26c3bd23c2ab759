import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { GenericContainer } from "testcontainers";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Builds the emulator's image from nothing but this checkout: the running Node.js binary, the shared libraries that it
 * and the native addons name, the production packages and `dist`. It needs no registry, so it also builds where none can
 * be reached. How it runs (user, ports, health check, command) is read from the users' Dockerfile.
 */
export async function buildScratchImage(tag: string): Promise<void> {
  if (!existsSync(join(ROOT, "dist/cli/main.js")))
    throw new Error("dist is missing: run npm run build first");
  const context = mkdtempSync(join(tmpdir(), "qkdlink-image-"));
  try {
    const root = join(context, "rootfs");
    const app = join(root, "app");
    mkdirSync(app, { recursive: true });
    for (const folder of ["tmp", "run"]) {
      mkdirSync(join(root, folder));
      chmodSync(join(root, folder), 0o1777);
    }
    cpSync(join(ROOT, "package.json"), join(app, "package.json"));
    cpSync(join(ROOT, "dist"), join(app, "dist"), { recursive: true });
    for (const path of productionPackages()) cpSync(join(ROOT, path), join(app, path), { recursive: true });
    const node = realpathSync(process.execPath);
    mkdirSync(join(root, "bin"));
    cpSync(node, join(root, "bin/node"));
    const addons = execFileSync("find", [app, "-name", "*.node"], { encoding: "utf8" }).trim().split("\n");
    for (const library of [...sharedLibraries(node), ...addons.flatMap(sharedLibraries)]) {
      mkdirSync(dirname(join(root, library)), { recursive: true });
      cpSync(realpathSync(library), join(root, library));
    }
    writeFileSync(
      join(context, "Dockerfile"),
      ["FROM scratch", "COPY rootfs /", ...runLines(), ""].join("\n"),
    );
    await GenericContainer.fromDockerfile(context).build(tag, { deleteOnExit: false });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** Packages at the top of node_modules that the program needs at run time; nested ones travel inside them. */
function productionPackages(): string[] {
  const lock: { packages: Record<string, { dev?: boolean; devOptional?: boolean }> } = JSON.parse(
    readFileSync(join(ROOT, "package-lock.json"), "utf8"),
  );
  return Object.entries(lock.packages)
    .filter(
      ([path, { dev, devOptional }]) =>
        /^node_modules\/(?!.*\/node_modules\/)/.test(path) && !dev && !devOptional,
    )
    .map(([path]) => path)
    .filter((path) => existsSync(join(ROOT, path)));
}

/** Every library that `ldd` names, the loader included; none for a binary of another platform. */
function sharedLibraries(binary: string): string[] {
  try {
    const text = execFileSync("ldd", [binary], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return [...text.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path ?? "");
  } catch {
    return [];
  }
}

/** The instructions of the Dockerfile's last stage that say how the image runs. */
function runLines(): string[] {
  const text = readFileSync(join(ROOT, "Dockerfile"), "utf8").replaceAll(/\\\n/g, " ");
  const stage = text.slice(text.lastIndexOf("\nFROM "));
  return stage
    .split("\n")
    .filter((line) => /^(ENV|WORKDIR|USER|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD)\b/.test(line));
}

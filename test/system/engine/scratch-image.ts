import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Builds the emulator's image from nothing but this checkout: the running Node.js binary, the shared libraries that it
 * and the native addons name, the production packages and `dist`. It needs no registry, so it also builds where none can
 * be reached; the Dockerfile for users is the ordinary multi-stage one.
 */
export function buildScratchImage(tag: string, env: NodeJS.ProcessEnv): void {
  const context = mkdtempSync(join(tmpdir(), "qkdlink-image-"));
  try {
    const root = join(context, "rootfs");
    const app = join(root, "app");
    mkdirSync(app, { recursive: true });
    for (const folder of ["tmp", "run"]) mkdirSync(join(root, folder), { mode: 0o1777 });
    cpSync(join(ROOT, "package.json"), join(app, "package.json"));
    cpSync(join(ROOT, "dist"), join(app, "dist"), { recursive: true });
    for (const path of productionPackages())
      cpSync(path, join(app, relative(ROOT, path)), { recursive: true });
    const node = realpathSync(process.execPath);
    mkdirSync(join(root, "bin"), { recursive: true });
    cpSync(node, join(root, "bin/node"));
    for (const library of sharedLibraries([node, ...nativeAddons(app)])) {
      mkdirSync(dirname(join(root, library)), { recursive: true });
      cpSync(realpathSync(library), join(root, library));
    }
    writeFileSync(
      join(context, "Dockerfile"),
      [
        "FROM scratch",
        "COPY rootfs /",
        "ENV PATH=/bin NODE_ENV=production",
        "USER 1000:1000",
        'ENTRYPOINT ["/bin/node", "/app/dist/cli/main.js"]',
        'CMD ["emulate"]',
        "",
      ].join("\n"),
    );
    execFileSync("docker", ["build", "--quiet", "--tag", tag, context], {
      env: { ...env, DOCKER_BUILDKIT: "0" },
      stdio: ["ignore", "ignore", "inherit"],
    });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

function productionPackages(): string[] {
  const list = execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const paths = list.split("\n").filter((path) => path.includes("node_modules"));
  // A nested package travels inside the one that holds it.
  return paths.filter((path) => path.lastIndexOf("node_modules") === path.indexOf("node_modules"));
}

function nativeAddons(folder: string): string[] {
  const found = execFileSync("find", [folder, "-name", "*.node", "-path", "*linux*x64*"], {
    encoding: "utf8",
  });
  return found.split("\n").filter((path) => path !== "" && !path.includes("musl"));
}

/** Every library path that `ldd` names for the given binaries, the loader included. */
function sharedLibraries(binaries: readonly string[]): Set<string> {
  const libraries = new Set<string>();
  for (const binary of binaries) {
    const text = execFileSync("ldd", [binary], { encoding: "utf8" });
    for (const match of text.matchAll(/(?:=> )?(\/[^\s]+) \(0x/g))
      if (match[1] !== undefined) libraries.add(match[1]);
  }
  return libraries;
}

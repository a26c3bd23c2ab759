import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A copy of this tree in a folder of its own, into which one breach at a time is planted. */
export class TreeCopy {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** Copies what Git knows of, as it stands in the working tree; packages and kernels are linked. */
  static make(): TreeCopy {
    const root = mkdtempSync(join(tmpdir(), "qkdlink-mutants-"));
    const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: ROOT });
    for (const path of listed.toString().split("\0")) {
      if (path === "" || path === "node_modules" || !existsSync(join(ROOT, path))) continue;
      mkdirSync(dirname(join(root, path)), { recursive: true });
      cpSync(join(ROOT, path), join(root, path));
    }
    for (const linked of ["node_modules", "dist"]) symlinkSync(join(ROOT, linked), join(root, linked));
    return new TreeCopy(root);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), "utf8");
  }

  /** Does `work` while `file` holds `source`; the file is as before afterwards. */
  async holding<T>(file: string, source: string, work: () => Promise<T>): Promise<T> {
    const path = join(this.root, file);
    const before = readFileSync(path);
    writeFileSync(path, source);
    try {
      return await work();
    } finally {
      if (existsSync(path)) writeFileSync(path, before);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const IMAGE_BYTES = 48 * 2 ** 20;

/** An ext4 file system in a file, which can be read as the raw device that it is once it is no longer mounted. */
export class LoopDevice {
  /** Where it is mounted. */
  readonly folder: string;
  readonly #place = mkdtempSync(join(tmpdir(), "qkdlink-device-"));
  readonly #image: string;
  #mounted = false;

  private constructor() {
    this.#image = join(this.#place, "image");
    this.folder = join(this.#place, "mounted");
  }

  /** Makes and mounts it; a sentence where this machine or user cannot. */
  static mount(options: string): LoopDevice | string {
    const device = new LoopDevice();
    mkdirSync(device.folder);
    writeFileSync(device.#image, "");
    truncateSync(device.#image, IMAGE_BYTES);
    const made = spawnSync("mkfs.ext4", ["-q", device.#image]);
    const mounted =
      made.status === 0 ? spawnSync("mount", ["-o", `loop,${options}`, device.#image, device.folder]) : made;
    if (mounted.status === 0) {
      device.#mounted = true;
      return device;
    }
    device.dispose();
    return `an ext4 file system in a file cannot be made and mounted here: ${mounted.error?.message ?? mounted.stderr}`;
  }

  /** Everything that lies on the device; it is no longer mounted afterwards. */
  raw(): Buffer {
    this.#unmount();
    return readFileSync(this.#image);
  }

  dispose(): void {
    this.#unmount();
    rmSync(this.#place, { recursive: true, force: true });
  }

  #unmount(): void {
    if (!this.#mounted) return;
    const { status, stderr } = spawnSync("umount", [this.folder]);
    if (status !== 0) throw new Error(`the device cannot be unmounted: ${stderr}`);
    this.#mounted = false;
  }
}

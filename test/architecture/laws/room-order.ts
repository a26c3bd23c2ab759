import { imports } from "./imports.ts";
import { roomOf, type SourceFile } from "./source-file.ts";

/** What each room may import of ours. Rooms that are not listed here see all: they compose, measure or test. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  options: ["errors"],
  trust: ["errors", "options"],
  protocol: ["errors", "options"],
  physics: ["errors", "options"],
  diagnosis: ["errors", "options", "physics"],
  kernels: ["errors"],
  drivers: ["errors", "options", "trust", "protocol"],
  capture: ["errors", "options", "protocol", "drivers"],
  emulator: ["errors", "options", "trust", "protocol", "physics", "kernels"],
  controller: [
    "errors",
    "options",
    "trust",
    "protocol",
    "physics",
    "diagnosis",
    "kernels",
    "drivers",
    "capture",
  ],
  client: ["errors", "options", "trust", "protocol"],
  doctor: ["errors", "client"],
  report: ["errors", "options"],
  commissioning: ["errors", "options", "protocol", "physics", "diagnosis", "drivers", "controller", "report"],
};

/** Rooms above all others; nothing below may know of them or of the emulator. */
const ABOVE: readonly string[] = ["cli", "web", "bench", "test", "scripts"];

/** Imports against the direction of the rooms. */
export function roomOrder(files: readonly SourceFile[]): string[] {
  const wrong: string[] = [];
  for (const { from, to } of imports(files).ours) {
    const [own, other] = [roomOf(from), roomOf(to)];
    const below = BELOW[own];
    if (own === other || (below === undefined && ABOVE.includes(own))) continue;
    if (!below?.includes(other)) wrong.push(`${from} imports ${to}`);
  }
  return wrong;
}

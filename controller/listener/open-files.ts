import { readFileSync } from "node:fs";

/** How many files this process may have open, sockets among them; undefined where the system does not say. */
export function openFilesLimit(read = () => readFileSync("/proc/self/limits", "latin1")): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(read())?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

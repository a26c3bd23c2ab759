import { writeSync } from "node:fs";

const STDOUT = 1;

/** Tells a line at once: what comes next may never end, and would keep what waits to be written. */
export const told = (line: object): void => void writeSync(STDOUT, `${JSON.stringify(line)}\n`);

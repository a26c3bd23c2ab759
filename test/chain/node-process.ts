import { readFileSync } from "node:fs";
import { SiteProcess } from "./site-process.ts";

/** One `qkdlink node` process under test. */
export class NodeProcess extends SiteProcess {
  constructor(config: string) {
    super(config, "node");
  }

  /** Seconds of processor time that the process has used, by /proc. */
  get cpuS(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }
}

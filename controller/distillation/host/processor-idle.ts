import { cpus } from "node:os";

/** Share of this machine's processor time that nobody used since the last look, 0 to 1. */
export class ProcessorIdle {
  #before = times();

  sinceLast(): number {
    const now = times();
    const all = now.all - this.#before.all;
    const idle = now.idle - this.#before.idle;
    this.#before = now;
    return all > 0 ? Math.min(1, Math.max(0, idle / all)) : 0;
  }
}

function times(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const cpu of cpus()) {
    idle += cpu.times.idle;
    for (const time of Object.values(cpu.times)) all += time;
  }
  return { idle, all };
}

// Runs by itself, in a folder of its own: what does not end, or writes files, does so here.
import { faultOf } from "./call.ts";
import { MISTAKES, shown } from "./mistakes.ts";
import { told } from "./told.ts";

const rooms = await Promise.all(
  process.argv.slice(2).map(async (room) => [room, (await import(room)) as Record<string, unknown>] as const),
);
const called = new Set<unknown>();

const isNumeric = (value: unknown): boolean => typeof value === "number" || ArrayBuffer.isView(value);

/** Nobody reckons with what is no number and gives a number for it. */
const sensible =
  (given: readonly unknown[]) =>
  (made: unknown): boolean =>
    typeof made !== "number" ||
    Number.isNaN(made) ||
    given.some(isNumeric) ||
    given.every((value) => value === undefined);

for (const [room, exported] of rooms) {
  for (const [name, one] of Object.entries(exported)) {
    if (typeof one !== "function" || called.has(one)) continue;
    called.add(one);
    for (const given of MISTAKES) {
      const call = `${name}(${given.map(shown).join(", ")}) of ${room}`;
      told({ call });
      const fault = await faultOf(one as (...given: readonly unknown[]) => unknown, given, sensible(given));
      if (fault !== null) told({ call, fault });
    }
  }
}
told({ ended: true });
process.exit(0);

import { HAPPENINGS } from "./happenings.ts";

/** What an event of the control port or the library is called now, in words; undefined for names that it never had. */
export function presentName(former: string): string | undefined {
  const now = Object.values(HAPPENINGS).flatMap(({ event, formerly }) =>
    formerly === former ? [event] : [],
  );
  if (now.length > 0) return now.join(" or ");
  return Object.hasOwn(HAPPENINGS, former) ? former : undefined;
}

/** What to say of an event that is called by a name it had before. */
export function formerNameHint(event: string): string | undefined {
  const now = Object.hasOwn(HAPPENINGS, event) ? undefined : presentName(event);
  return now === undefined ? undefined : `, which is called ${now} now`;
}

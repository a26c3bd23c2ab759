import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import type { Change } from "../link-state/link-state.ts";
import { SITES, type SiteName, site } from "../site-name.ts";

/** A part of a device fails. */
export const deviceFault = happening({
  event: "deviceFault",
  says: "a part of a device fails",
  fields: { site, text: field.line("what the device's log says", 200) },
  lasts: "maybe",
  holds: (event) => `the state of ${event.site}'s device`,
  course: ({ site: at, text }) => ({ begins: says([at], text) }),
  ends: ({ site: at }) => says(at === undefined ? SITES : [at], null),
});

function says(sites: readonly SiteName[], text: string | null): Change {
  const texts = Object.fromEntries(sites.map((one) => [one, text]));
  return (state) => ({ ...state, deviceFault: { ...state.deviceFault, ...texts } });
}

import { ConfigError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import { INSTALLED_LONG } from "./installed-long.ts";
import { INSTALLED_METRO } from "./installed-metro.ts";
import { LD_CBAND } from "./ld-cband.ts";
import type { LinkPreset } from "./link-preset.ts";
import { MU_OBAND } from "./mu-oband.ts";
import { T12 } from "./t12.ts";
import { YUAN2018 } from "./yuan2018.ts";

export { C_BAND_NM, type LinkPreset, type PresetKind } from "./link-preset.ts";
export { PUBLISHED_POINTS, type PublishedPoint, publishedNear } from "./published-points.ts";

/** Every preset by the name that commands and scenarios use. */
export const LINK_PRESETS = {
  t12: T12,
  yuan2018: YUAN2018,
  "mu-oband": MU_OBAND,
  "ld-cband": LD_CBAND,
  "installed-metro": INSTALLED_METRO,
  "installed-long": INSTALLED_LONG,
} as const satisfies Record<string, LinkPreset>;

/** Name of a preset. */
export type PresetName = keyof typeof LINK_PRESETS;

/**
 * The preset of that name.
 * @throws ConfigError QKD_CONFIG_INVALID for an unknown name.
 */
export function linkPreset(name: string): LinkPreset {
  checkArgument("name", name, rule.anyText("the name of a preset"));
  if (Object.hasOwn(LINK_PRESETS, name)) return LINK_PRESETS[name as PresetName];
  throw new ConfigError("QKD_CONFIG_INVALID", `there is no link preset named ${name}`, {
    context: { name },
    remedy: `use one of ${Object.keys(LINK_PRESETS).join(", ")}`,
  });
}

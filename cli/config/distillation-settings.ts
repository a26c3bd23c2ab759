import type { DistillationSettings } from "../../controller/index.ts";
import { linkPreset } from "../../physics/index.ts";
import type { SiteConfig } from "./read-config.ts";

/** The settings that both sites must share, from the `link` part of their configuration files. */
export function distillationSettings(link: SiteConfig["link"]): DistillationSettings {
  const preset = linkPreset(link.preset);
  return {
    link: {
      ...preset.link,
      ...(link.lossDb === undefined ? {} : { channelLossDb: link.lossDb }),
      ...(link.clockHz === undefined ? {} : { clockHz: link.clockHz }),
    },
    blockBits: link.blockBits ?? preset.blockBits ?? 100_000_000,
    epsilonSecrecy: link.epsilonSecrecy ?? 1e-10,
    epsilonCorrectness: link.epsilonCorrectness ?? 1e-15,
    maxLeakFraction: link.maxLeakFraction ?? 0.6,
  };
}

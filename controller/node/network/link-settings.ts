import { linkPreset } from "../../../physics/index.ts";
import type { DistillationSettings } from "../../sources/distillation/index.ts";
import type { NetworkLink } from "./network.ts";

/** What a file says of a link's distillation; what it leaves out is the preset's, or the product's default. */
export type LinkDescription = Pick<
  NetworkLink,
  "preset" | "lossDb" | "clockHz" | "blockBits" | "epsilonSecrecy" | "epsilonCorrectness" | "maxLeakFraction"
>;

/** The settings that both ends of a link must share. PhysicsError for an unknown preset. */
export function linkSettings(link: LinkDescription): DistillationSettings {
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

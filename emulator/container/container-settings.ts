import { ConfigError } from "../../errors/index.ts";
import { checkLinkParameters, linkPreset } from "../../physics/index.ts";
import type { LinkSpeed } from "../link/speed.ts";
import { parseSpeed } from "../link/speed.ts";

/** What the emulator in a container is told; the emulator's own defaults where nothing is said. */
export interface ContainerSettings {
  /** A ready-made scenario, or the path of one inside the container. */
  readonly scenario?: string;
  readonly preset?: string;
  readonly lossDb?: number;
  readonly clockHz?: number;
  readonly seed?: bigint | number;
  readonly speed?: Exclude<LinkSpeed, "manual">;
}

/**
 * Checks settings before a container is made for them.
 * @throws ConfigError naming the field, the value and the allowed range.
 */
export function checkContainerSettings({ preset, lossDb, clockHz, seed, speed }: ContainerSettings): void {
  const { link } = linkPreset(preset ?? "yuan2018");
  checkLinkParameters({
    ...link,
    ...(lossDb === undefined ? {} : { channelLossDb: lossDb }),
    ...(clockHz === undefined ? {} : { clockHz }),
  });
  if (speed !== undefined) parseSpeed(String(speed));
  if (seed === undefined) return;
  const whole = typeof seed === "bigint" || Number.isSafeInteger(seed);
  if (!whole || seed < 0 || seed >= 2n ** 64n)
    throw new ConfigError("QKD_CONFIG_INVALID", `seed is ${seed}, allowed is a whole number of 64 bits`, {
      context: { field: "seed", value: seed },
      remedy: "give a number up to 2^53 - 1, or a bigint",
    });
}

/** The settings as arguments of the `emulate` command. */
export function settingArguments({
  scenario,
  preset,
  lossDb,
  clockHz,
  seed,
  speed,
}: ContainerSettings): string[] {
  const flags = {
    "--scenario": scenario,
    "--preset": preset,
    "--loss-db": lossDb,
    "--clock-hz": clockHz,
    "--seed": seed,
    "--speed": speed,
  };
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]));
}

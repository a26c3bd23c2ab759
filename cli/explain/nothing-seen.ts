import { ConfigError } from "../../errors/index.ts";

/** The error of a look in which no frame of both units came. */
export const nothingSeen = (): ConfigError =>
  new ConfigError("QKD_CONFIG_INVALID", "no frame of both units arrived in this time", {
    context: { field: "for" },
    remedy: "look for longer, or check that light arrives (device ADDR show)",
  });

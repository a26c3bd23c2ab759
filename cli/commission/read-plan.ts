import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { checkLinkPlan, type LinkPlan } from "../../commissioning/index.ts";
import { ConfigError, QkdError } from "../../errors/index.ts";

/** A plan with the text that it was read from. */
export interface ReadPlan {
  readonly plan: LinkPlan;
  readonly text: string;
}

const LARGEST_CHARACTERS = 1 << 20;

/** Reads a plan file (YAML or JSON). Throws ConfigError with the file and the field that cannot be meant. */
export function readPlan(path: string): ReadPlan {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError(
      "QKD_CONFIG_UNREADABLE",
      `the plan ${path} cannot be read: ${(cause as Error).message}`,
      {
        cause,
        context: { path },
      },
    );
  }
  if (text.length > LARGEST_CHARACTERS)
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `the plan ${path} is larger than a mebibyte`, {
      context: { path },
    });
  try {
    const plan = (parse(text, { maxAliasCount: 0 }) ?? {}) as LinkPlan;
    checkLinkPlan(plan);
    return { plan, text };
  } catch (cause) {
    const remedy = cause instanceof QkdError ? { remedy: cause.remedy } : {};
    throw new ConfigError("QKD_CONFIG_INVALID", `${path}: ${(cause as Error).message.split("\n")[0]}`, {
      cause,
      ...remedy,
      context: { path },
    });
  }
}

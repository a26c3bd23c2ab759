import { readFileSync, statSync } from "node:fs";
import { readBaseline } from "../../diagnosis/index.ts";
import { fileReason } from "../../errors/index.ts";
import { mistake, refusals } from "./remarks.ts";
import type { Check } from "./site-check.ts";

const FIELD = ["dashboard", "baseline"];
/** More than a baseline holds. */
const MOST_BYTES = 1024 * 1024;

/** That the baseline that a dashboard compares its link with is one. Of which link it is, its unit says at the start. */
export const baselineCheck: Check = ({ site }) => {
  const file = site.dashboard?.baseline;
  if (file === undefined) return [];
  let text: string;
  try {
    const stats = statSync(file);
    if (!stats.isFile() || stats.size > MOST_BYTES)
      return [
        mistake("QKD_CONFIG_INVALID", FIELD, `(${file}) is no baseline`, "name a file of explain --learn"),
      ];
    text = readFileSync(file, "utf8");
  } catch (cause) {
    return [
      mistake(
        "QKD_CONFIG_UNREADABLE",
        FIELD,
        `(${file}) cannot be read: ${fileReason(cause)}`,
        "name a file of explain --learn, or take it out: then the running link is learnt",
      ),
    ];
  }
  return refusals(FIELD, () => readBaseline(text, file));
};

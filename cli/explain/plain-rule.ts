import type { Rule } from "../../options/index.ts";

/** A terminal obeys control characters: a site that sends some is none. */
export const PLAIN: Rule = {
  wants: "a text without control characters",
  holds: (value) => typeof value === "string" && !/\p{C}/u.test(value),
};

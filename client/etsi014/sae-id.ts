import type { Rule } from "../../options/index.ts";

/** Longer names fit into no certificate. */
const LONGEST = 256;

/** An SAE ID that can stand in a path: servers fold `.` and `..` away, and half a surrogate pair has no UTF-8. */
export const SAE_ID_RULE: Rule = {
  wants: "an SAE ID of 1 to 256 characters",
  holds: (value) =>
    typeof value === "string" &&
    value !== "" &&
    value.length <= LONGEST &&
    value !== "." &&
    value !== ".." &&
    value.isWellFormed(),
};

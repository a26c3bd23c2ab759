import { readdirSync, readFileSync } from "node:fs";
import { parseSiteConfig } from "../../../cli/config/read-config.ts";
import { accepted, type FuzzTarget } from "../fuzz-target.ts";

const KEPT = new URL("../corpus/site-file/", import.meta.url);

/** Site files, as YAML or JSON. What is accepted is accepted again when it is written as JSON, and means the same. */
export const target: FuzzTarget = {
  seeds: () => readdirSync(KEPT).map((name) => readFileSync(new URL(name, KEPT))),
  run: (input) => {
    const text = Buffer.from(input).toString("utf8");
    const config = accepted(() => parseSiteConfig(text, "site.yaml"));
    if (config === undefined) return;
    const again = JSON.stringify(config);
    if (JSON.stringify(parseSiteConfig(again, "again.json")) !== again)
      throw new Error("an accepted site file is read as something else when it is written again");
  },
};

// Rewrites the table of error codes in README.md from errors/: code, class, remedy.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ERROR_REMEDIES, errorClass } from "../dist/errors/index.js";

const readme = fileURLToPath(new URL("../README.md", import.meta.url));
const rows = Object.entries(ERROR_REMEDIES).map(
  ([code, remedy]) => `| \`${code}\` | ${errorClass(code).name} | ${remedy.replaceAll("|", "\\|")} |`,
);
const table = [
  "<!-- codes -->",
  "| code | class | remedy |",
  "|---|---|---|",
  ...rows,
  "<!-- /codes -->",
].join("\n");
const text = readFileSync(readme, "utf8");
writeFileSync(readme, text.replace(/<!-- codes -->(?:[\s\S]*<!-- \/codes -->)?/, table));

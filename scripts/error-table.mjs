// Rewrites the table of error codes in docs/ERRORS.md from errors/: code, class, remedy.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ERROR_REMEDIES, errorClass } from "../errors/index.ts";

const page = fileURLToPath(new URL("../docs/ERRORS.md", import.meta.url));
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
const text = readFileSync(page, "utf8");
writeFileSync(
  page,
  text.replace(/<!-- codes -->[\s\S]*<!-- \/codes -->/, () => table),
);

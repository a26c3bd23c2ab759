// Writes capture/dissector/qkdlink.lua, the Wireshark dissector, from the declarations of every message.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dissectorSource } from "../capture/index.ts";

const folder = fileURLToPath(new URL("../capture/dissector/", import.meta.url));
const parts = globSync("[0-9]-*.lua", { cwd: folder }).sort();
writeFileSync(
  `${folder}qkdlink.lua`,
  dissectorSource(parts.map((part) => readFileSync(folder + part, "utf8"))),
);

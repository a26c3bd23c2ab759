import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COMMANDS, EVENTS, INPUT_REGISTERS, PEER_MESSAGES } from "../../protocol/index.ts";
import { dissectorSource } from "./dissector-source.ts";
import { LuaCode, luaString, luaText } from "./lua-text.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const packaged = readFileSync(`${folder}qkdlink.lua`, "utf8");

describe("the Wireshark dissector", () => {
  it("of the package is what scripts/dissector.mjs writes from today's declarations", () => {
    const parts = globSync("[0-9]-*.lua", { cwd: folder }).sort();
    const source = dissectorSource(parts.map((part) => readFileSync(folder + part, "utf8")));
    expect(packaged === source, "run: node scripts/dissector.mjs").toBe(true);
  });

  it("knows every message and every register by name", () => {
    const names = [
      ...Object.keys(COMMANDS),
      ...Object.keys(EVENTS),
      ...PEER_MESSAGES.map(({ name }) => name),
    ];
    expect(names.filter((name) => !packaged.includes(`name = "${name}"`))).toEqual([]);
    const registers = Object.keys(INPUT_REGISTERS);
    expect(registers.filter((name) => !packaged.includes(`"qkdlink.modbus.${name}"`))).toEqual([]);
  });

  it("has for no redacted field or plane a field of bytes", () => {
    const hidden = PEER_MESSAGES.flatMap(({ name, rows }) =>
      rows
        .filter(({ redacted, type }) => redacted === true || type.startsWith("plane"))
        .map((row) => `qkdlink.${name}.${row.name.replaceAll("[]", "")}`),
    );
    for (const filter of [...hidden, "qkdlink.rawKeyQtx.planes.bit", "qkdlink.rawKeyQrx.planes.bit"])
      expect(packaged).toContain(`ProtoField.uint32("${filter}"`);
  });
});

describe("values as Lua source", () => {
  it("are quoted byte by byte, so that no text ends its quotes", () => {
    expect(luaString('a"b\\c\nµ')).toBe('"a\\"b\\\\c\\010\\194\\181"');
    expect(
      luaText({ named: { a: 1, b: undefined, c: true }, numbered: [[3, "x"]], items: [new LuaCode("F.y")] }),
    ).toBe('{ a = 1, c = true, [3] = "x", F.y }');
    expect(luaText({})).toBe("{}");
  });
});

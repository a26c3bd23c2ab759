import { expect, it } from "vitest";
import { printable } from "./printable.ts";

it("leaves ordinary text of any script alone", () => {
  expect(printable("Kühler 1 zu warm, 雷射, 25 °C")).toBe("Kühler 1 zu warm, 雷射, 25 °C");
});

it.each([
  ["a new line", "ok\nQKD_KEYSTORE_CONFLICT: forged"],
  ["a carriage return", "ok\rforged"],
  ["an escape sequence", "\u001b[2Jgone"],
  ["a C1 control", "\u009b2Jgone"],
  ["reversed text", "\u202Egnp.exe"],
  ["a line separator", "a\u2028b"],
])("takes %s out", (_what, text) => {
  const shown = printable(text);
  expect(shown).toContain("\ufffd");
  expect(shown).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
  expect(shown.length).toBe(text.length);
});

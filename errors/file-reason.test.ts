import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fileReason } from "./file-reason.ts";

const refused = (path: string): unknown => {
  try {
    return readFileSync(path);
  } catch (cause) {
    return cause;
  }
};

it.each([
  ["/nowhere/at/all", "there is no such file or folder (ENOENT)"],
  ["/", "it is a folder (EISDIR)"],
  ["/etc/hostname/x", "a part of its path is no folder (ENOTDIR)"],
])("why %s cannot be read is said in words", (path, words) => {
  expect(fileReason(refused(path))).toBe(words);
});

it("keeps the sentence of an error that is not the system's, or has no words here", () => {
  expect(fileReason(new Error("line 3 is cut"))).toBe("line 3 is cut");
  expect(fileReason(Object.assign(new Error("EXDEV: cross-device link"), { code: "EXDEV" }))).toBe(
    "EXDEV: cross-device link",
  );
});

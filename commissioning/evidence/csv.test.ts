import { expect, it } from "vitest";
import { csvText } from "./csv.ts";

it("a table quotes what would break it, leaves absent readings empty, and lets no spreadsheet run a name", () => {
  expect(
    csvText(
      ["a", "b,c"],
      [
        [1.5, null],
        ['say "x"', "line\nbreak"],
        ["=1+1", "-x"],
        [-3, "@cmd"],
      ],
    ),
  ).toBe('a,"b,c"\r\n1.5,\r\n"say ""x""","line\nbreak"\r\n\'=1+1,\'-x\r\n-3,\'@cmd\r\n');
});

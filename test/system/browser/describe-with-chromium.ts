import { existsSync } from "node:fs";
import { describe, it } from "vitest";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const MISSING = `no Chromium in ${PLACES.join(", ")}, and CHROMIUM names none`;

/** Like `describe`, given Chromium's path. Without it shows one skipped test with the reason; with REQUIRE_ALL=1 a failed one. */
export function describeWithChromium(name: string, body: (chromium: string) => void): void {
  const found = [process.env.CHROMIUM, ...PLACES].find((path) => path !== undefined && existsSync(path));
  if (found !== undefined) {
    describe(name, () => body(found));
    return;
  }
  describe(name, () => {
    it(`does not run: ${MISSING}`, ({ skip }) => {
      if (process.env.REQUIRE_ALL === "1") throw new Error(`The browser tests cannot run: ${MISSING}`);
      skip(MISSING);
    });
  });
}

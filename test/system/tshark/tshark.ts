import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";

/** The dissector as the package has it. */
export const DISSECTOR = fileURLToPath(new URL("../../../capture/dissector/qkdlink.lua", import.meta.url));

const MOST_OUTPUT_BYTES = 1 << 30;

function missing(): string | undefined {
  const found = spawnSync("tshark", ["-v"], { encoding: "utf8" });
  if (found.error !== undefined) return "there is no tshark";
  return /with Lua/.test(found.stdout.replaceAll(/\s+/g, " ")) ? undefined : "this tshark has no Lua";
}

/** Like `describe`; where tshark is missing it shows one skipped test with the reason, or fails under REQUIRE_ALL=1. */
export function describeWithTshark(name: string, body: () => void): void {
  const reason = missing();
  if (reason === undefined) describe(name, body);
  else
    describe(name, () => {
      it(`does not run: ${reason}`, ({ skip }) => {
        if (process.env.REQUIRE_ALL === "1") throw new Error(`tests with tshark cannot run: ${reason}`);
        skip(reason);
      });
    });
}

/** Layers of one packet as tshark tells them. */
export interface Layers {
  readonly [layer: string]: unknown;
}

/** What tshark makes of a capture with our dissector. */
export function dissect(file: string, more: readonly string[] = []): readonly Layers[] {
  const output = execFileSync(
    "tshark",
    ["-X", `lua_script:${DISSECTOR}`, ...more, "-r", file, "-T", "json", "--no-duplicate-keys"],
    { encoding: "utf8", maxBuffer: MOST_OUTPUT_BYTES, stdio: ["ignore", "pipe", "ignore"] },
  );
  const packets = JSON.parse(output) as { readonly _source: { readonly layers: Layers } }[];
  return packets.map(({ _source }) => _source.layers);
}

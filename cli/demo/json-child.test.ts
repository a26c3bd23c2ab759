import { describe, expect, it } from "vitest";
import { JsonChild } from "./json-child.ts";

describe("a command that ends by itself", () => {
  it("fails with its own error", async () => {
    const child = new JsonChild("emulate", ["emulate", "--json", "--speed", "zz"], () => {});
    await expect(child.line(() => false)).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: "emulate: the speed zz is none",
      remedy: "use real, max or a factor from 0.001 to 1000",
    });
  });

  it("is named with its exit code when it told no error", async () => {
    const child = new JsonChild("the version", ["--version"], () => {});
    await expect(child.line(() => false)).rejects.toMatchObject({
      code: "QKD_LINK_PROCESS",
      message: "the version ended with code 0",
    });
  });

  it.each(["SIGKILL", "SIGABRT"] as const)("is named with the signal when %s ended it", async (signal) => {
    const child = new JsonChild(
      "the controller of bob",
      ["emulate", "--json", "--bob", "tcp://127.0.0.1:0"],
      () => {},
    );
    await child.line(({ ready }) => ready === true);
    const guarded = child.guard();
    process.kill(child.pid ?? 0, signal);
    await expect(guarded).rejects.toMatchObject({
      code: "QKD_LINK_PROCESS",
      message: `the controller of bob was ended by ${signal}`,
      remedy: signal === "SIGKILL" ? expect.stringMatching(/memory/) : expect.stringMatching(/by itself/),
    });
  });
});

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
    const child = new JsonChild("plan", ["plan"], () => {});
    await expect(child.line(() => false)).rejects.toMatchObject({
      code: "QKD_USAGE",
      message: "plan ended with code 0: no message",
    });
  });
});

import { expect, it } from "vitest";
import { DemoFailures } from "./demo-failures.ts";

it("tells each failure of each site once, with what to do, and counts them all", () => {
  let text = "";
  const failures = new DemoFailures(
    (part) => {
      text += part;
    },
    () => 0,
  );
  const full = { type: "failure", code: "QKD_KEYSTORE_FULL", message: "no space", remedy: "free space" };
  for (const who of ["the controller of alice", "the controller of bob", "the controller of alice"])
    failures.take(full, who);
  failures.take({ ...full, times: 7 }, "the controller of bob");
  failures.take({ type: "progress" }, "the controller of bob");
  expect(text.replaceAll(/^\d\d:\d\d:\d\d /gm, "")).toBe(
    "the controller of alice: QKD_KEYSTORE_FULL: no space. Remedy: free space.\n" +
      "the controller of bob: QKD_KEYSTORE_FULL: no space. Remedy: free space.\n",
  );
  expect(text.match(/^\d\d:\d\d:\d\d the controller of /gm)).toHaveLength(2);
  expect(failures.count).toBe(3);
});

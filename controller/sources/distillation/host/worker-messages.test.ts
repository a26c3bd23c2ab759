import { expect, it } from "vitest";
import { DistillationError } from "../../../../errors/index.ts";
import { workerError } from "./worker-messages.ts";

it("a failure of a thread is told as what it was: ours, memory that ran out, or unforeseen", () => {
  const ours = new DistillationError("QKD_DISTILLATION_ABORT", "no");
  expect(workerError(ours)).toBe(ours);
  const shortage = new RangeError("Array buffer allocation failed");
  expect(workerError(shortage)).toMatchObject({
    code: "QKD_DISTILLATION_WORKER",
    message: "a distillation thread failed: memory ran out: Array buffer allocation failed",
    remedy: expect.stringMatching(/^free memory/),
    cause: shortage,
  });
  const unforeseen = new TypeError("x");
  expect(workerError(unforeseen)).toMatchObject({
    message: "a distillation thread failed",
    cause: unforeseen,
  });
});

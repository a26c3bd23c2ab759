import { expect, it } from "vitest";
import { linkPreset } from "../../../physics/index.ts";
import { defaultsFor } from "../parameters/parameter-effects.ts";
import { ParameterStore } from "../parameters/parameter-store.ts";
import { calibrationScan } from "./calibration-scan.ts";

it("too few detections tell nothing of the gates that both ends count", () => {
  const settings = new ParameterStore("qrx", defaultsFor(linkPreset("yuan2018").link));
  const cells = new Array<number>(48).fill(0);
  const counted = { gates: 1e6, clicks: [29, 0], sent: [], cells };
  const judge = () => calibrationScan("coarseDelayModulo", settings)?.judge([{ x: 0, counted }]);
  expect(judge()).toMatchObject({ outcome: "failed" });
  cells[0] = 29;
  expect(judge()).toMatchObject({ outcome: "failed", text: expect.stringContaining("too few") });
  cells[0] = 30;
  expect(judge()).toMatchObject({ outcome: "passed" });
});

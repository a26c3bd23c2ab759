import { describe, expect, it } from "vitest";
import { namedParameter, type UnitParameter } from "./unit-parameters.ts";

const PARAMETERS = ["attenuationDb", "gateDelayPs"].map(
  (name, id): UnitParameter => ({
    id,
    name,
    value: 0,
    type: "real",
    min: 0,
    max: 30,
    unit: "",
    writable: true,
    volatile: false,
  }),
);

describe("a parameter by its name", () => {
  it.each([
    ["gateDelaysPs", "write gateDelayPs"],
    ["deadTimeGates", "use one of attenuationDb, gateDelayPs"],
  ])("that is not %s says what to write", (name, remedy) => {
    expect(() => namedParameter(PARAMETERS, name)).toThrow(
      expect.objectContaining({ code: "QKD_DEVICE_BAD_PARAMETER", remedy }),
    );
  });
});

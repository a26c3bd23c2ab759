import { describe, expect, it } from "vitest";
import { LoopDevice } from "./loop-device.ts";
import { searchRawDevice } from "./raw-device-search.ts";

const probe = LoopDevice.mount("data=ordered");
const missing = typeof probe === "string" ? probe : null;
if (typeof probe !== "string") probe.dispose();

describe.skipIf(missing !== null)(`a raw device${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it("that writes over files in place holds no root of old, and opens no delivered key", {
    timeout: 120_000,
  }, () => {
    const device = LoopDevice.mount("data=ordered") as LoopDevice;
    try {
      const { oldRootsFound, delivered, deliveredFound, livingFound } = searchRawDevice(device, 12);
      expect({ oldRootsFound, delivered, deliveredFound, livingFound }).toEqual({
        oldRootsFound: 0,
        delivered: 12,
        deliveredFound: 0,
        livingFound: true,
      });
    } finally {
      device.dispose();
    }
  });

  it("whose journal holds data holds roots of old: the search finds what is there", {
    timeout: 120_000,
  }, () => {
    const device = LoopDevice.mount("data=journal") as LoopDevice;
    try {
      const { oldRootsFound, livingFound } = searchRawDevice(device, 12);
      expect(oldRootsFound).toBeGreaterThan(0);
      expect(livingFound).toBe(true);
    } finally {
      device.dispose();
    }
  });
});

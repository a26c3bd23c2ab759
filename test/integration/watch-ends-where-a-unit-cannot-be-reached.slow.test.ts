import { expect, it } from "vitest";
import { WatchedUnits } from "../../cli/index.ts";
import { emulatedLinkFor } from "../../emulator/testing/index.ts";

it("one of two that cannot be reached ends the attempt, and the other is left", async (test) => {
  const { alice } = (await emulatedLinkFor(test, { preset: "yuan2018", lossDb: 8, clockHz: 1e8 })).addresses;
  const units = WatchedUnits.open(
    [
      { address: alice.tcp ?? "", telemetry: null },
      { address: "tcp://127.0.0.1:1", telemetry: null },
    ],
    new AbortController().signal,
  );
  await expect(units).rejects.toMatchObject({ code: "QKD_TRANSPORT_OPEN" });
}, 30_000);

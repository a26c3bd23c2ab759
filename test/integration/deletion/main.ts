import { LoopDevice } from "./loop-device.ts";
import { searchRawDevice } from "./raw-device-search.ts";

/** Sweeps on each device; `npm run raw-device -- 200` for more. */
const sweeps = Number(process.argv[2] ?? 31);

for (const options of ["data=ordered", "data=writeback", "data=journal"]) {
  const device = LoopDevice.mount(options);
  if (typeof device === "string") {
    process.stdout.write(`skipped: ${device}\n`);
    process.exitCode = process.env.REQUIRE_ALL === "1" ? 1 : 0;
    break;
  }
  try {
    const { roots, oldRootsFound, delivered, deliveredFound, livingFound } = searchRawDevice(device, sweeps);
    process.stdout.write(
      `ext4 ${options}: ${oldRootsFound} of ${roots - 1} roots of old found, ` +
        `${deliveredFound} of ${delivered} delivered keys opened, a living key ${livingFound ? "opened" : "NOT opened"}\n`,
    );
    const kept = options !== "data=journal" && (oldRootsFound > 0 || deliveredFound > 0);
    if (kept || !livingFound) process.exitCode = 1;
  } finally {
    device.dispose();
  }
}

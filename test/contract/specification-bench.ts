import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";

/** An emulated pair on TCP whose time passes only when told, for what the specification says of devices. */
export const startSpecifiedLink = (): Promise<EmulatedLink> =>
  startEmulatedLink({
    speed: "manual",
    clockHz: 1e7,
    lossDb: 5,
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
  });

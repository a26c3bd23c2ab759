import type { Scenario } from "../../emulator/index.ts";

/** Two seconds with something on every layer; slow gates keep it small. */
export const SHORT: Scenario = {
  name: "short",
  title: "everything in two seconds",
  description: "for the test of replays",
  preset: "yuan2018",
  clockHz: 5e6,
  duration: "2 s",
  fibre: { lengthKm: 10, kind: "aerial" },
  dwdm: { channels: [{ name: "data", itu: 35, direction: "forward", launchDbm: 0, lit: false }] },
  // Ambient beyond what the cooler holds: the device itself makes the detectors warmer.
  devices: { bob: { ambientC: 39 } },
  initial: { phaseDrift: { relaxationPerS: 5, diffusionRadPerSqrtS: 0.3 } },
  timeline: [
    { at: "0 s", event: "sway", amplitudeDb: 2, period: "500 ms", for: "1500 ms" },
    { at: "300 ms", event: "light", channel: "data", for: "400 ms" },
    { at: "777 ms", event: "interceptResend", fraction: 0.5, basisBias: 0.9, for: "333 ms" },
    { at: "1200 ms", event: "cut", for: "100 ms" },
    { at: "1400 ms", event: "ambient", site: "bob", celsius: 60, over: "500 ms" },
    { at: "1 s", event: "delay", site: "bob", port: "tcp", delay: "20 ms", for: "300 ms" },
  ],
};

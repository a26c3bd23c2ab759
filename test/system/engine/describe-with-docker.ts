import { describe, inject, it } from "vitest";
import type {} from "./global-setup.ts";

/** Like `describe`, given the emulator's image. Without a Docker engine it shows one skipped test with the reason. */
export function describeWithDocker(name: string, body: (image: string) => void): void {
  const docker = inject("docker");
  if ("missing" in docker) {
    describe(name, () => {
      it(`does not run: ${docker.missing}`, ({ skip }) => skip(docker.missing));
    });
    return;
  }
  Object.assign(process.env, docker.env);
  describe(name, () => body(docker.image));
}

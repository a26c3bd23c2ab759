import type { TestProject } from "vitest/node";
import { dockerEngine } from "./docker-engine.ts";
import { buildScratchImage } from "./scratch-image.ts";

/** What the container tests are given: the image and the way to the engine, or why there is none. */
export type DockerProvision =
  | { readonly image: string; readonly env: Readonly<Record<string, string>> }
  | { readonly missing: string };

declare module "vitest" {
  export interface ProvidedContext {
    docker: DockerProvision;
  }
}

const IMAGE = "qkdlink-emulator:test";

/** Runs once before the container tests. With REQUIRE_ALL=1 a missing engine is an error instead of a skip. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const engine = await dockerEngine();
  if (typeof engine === "string") {
    if (process.env.REQUIRE_ALL === "1") throw new Error(`The container tests cannot run: ${engine}`);
    console.warn(`\nThe container tests are skipped: ${engine}.`);
    project.provide("docker", { missing: engine });
    return undefined;
  }
  try {
    await buildScratchImage(IMAGE);
  } catch (error) {
    await engine.stop();
    throw error;
  }
  project.provide("docker", { image: IMAGE, env: engine.env });
  return () => engine.stop();
}

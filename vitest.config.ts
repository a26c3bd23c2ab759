import { defineConfig } from "vitest/config";

const project = (name: string, include: string[]) => ({
  extends: true as const,
  test: { name, include },
});

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    projects: [
      project("architecture", ["test/architecture/**/*.test.ts"]),
      project("unit", ["{errors,protocol,physics,kernels,drivers,emulator,controller,cli}/**/*.test.ts"]),
      project("cross", ["test/{vectors,contract,integration,property,statistics}/**/*.test.ts"]),
    ],
  },
});

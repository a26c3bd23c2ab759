import { defineConfig } from "vitest/config";

const project = (name: string, include: string[], more: object = {}) => ({
  extends: true as const,
  test: { name, include, ...more },
});

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    projects: [
      project("architecture", ["test/architecture/**/*.test.ts"]),
      project("unit", [
        "{errors,options,trust,protocol,physics,diagnosis,kernels,drivers,capture,emulator,controller,report,commissioning,cli,web}/**/*.test.ts",
      ]),
      project(
        "cross",
        ["test/{vectors,contract,integration,models,mutants,property,soak,statistics}/**/*.test.ts"],
        {
          exclude: ["**/*.slow.test.ts"],
        },
      ),
      // Whole sites and long queues, some twenty seconds each: left out by `npm test`, too.
      project("system-slow", ["test/{contract,integration,models,statistics}/**/*.slow.test.ts"]),
      // What needs more than Node.js; `npm test` leaves these out, `npm run test:all` runs them.
      project("system-browser", ["test/system/browser/**/*.test.ts"], { testTimeout: 120_000 }),
      project("system-tools", ["test/system/{collectors,tshark}/**/*.test.ts"], { testTimeout: 60_000 }),
      project("system", ["test/system/*.test.ts"], {
        globalSetup: ["test/system/engine/global-setup.ts"],
        testTimeout: 60_000,
      }),
    ],
  },
});

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests start hundreds of processes: what Node.js compiled for one, it need not compile for the next. */
const NODE_COMPILE_CACHE = fileURLToPath(new URL("node_modules/.cache/node-compile", import.meta.url));

/**
 * A worker evaluates a module once for all of its files of tests, which is half of what they took. So no module may hold at
 * its top what one file changes and another one meets, and hooks belong into functions. A file that leaves something on its
 * process, as Ctrl-C to a command that runs in it does, is named `.alone.test.ts` and has a process of its own.
 */
const SHARED = { isolate: false };

const project = (name: string, include: string[], more: object = {}) => ({
  extends: true as const,
  test: { name, include, ...more },
});

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    env: { NODE_COMPILE_CACHE },
    expect: { poll: { interval: 5, timeout: 5000 } },
    projects: [
      project("architecture", ["test/architecture/**/*.test.ts"], SHARED),
      project(
        "unit",
        [
          "{errors,options,trust,protocol,physics,diagnosis,kernels,drivers,capture,emulator,controller,client,doctor,report,commissioning,cli,web}/**/*.test.ts",
        ],
        SHARED,
      ),
      project(
        "cross",
        ["test/{vectors,contract,integration,models,mutants,property,soak,statistics}/**/*.test.ts"],
        {
          exclude: ["**/*.slow.test.ts", "**/*.alone.test.ts"],
          ...SHARED,
        },
      ),
      project("alone", ["test/integration/**/*.alone.test.ts"]),
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

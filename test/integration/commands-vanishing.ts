import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runCommand } from "../../cli/index.ts";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import { addressAt, Colleague, VanishingWay } from "./device-trial.ts";

/** How long a unit is gone: less than anybody waits for it, or for good as far as the command knows. */
const AWAY_MS = [60, 3000];
/** Longest that a command may take beyond what it takes where nothing vanishes. */
const LATE_MS = 40_000;
/** How a command says with --json why it failed. */
const SENTENCE = /^\{"error":\{"code":"QKD_[A-Z_]+","message":"[^"]/;
/** Steps of a commissioning that set and scan, and the first ones; the others take minutes. */
const KEPT_STEPS = [1, 2, 3, 4, 6, 21];

/** A command at work with both units of a link, which reaches them by ways that break. */
interface Command {
  readonly words: (place: Places) => readonly string[];
  /** It tells its progress on standard error, too. */
  readonly tells?: true;
  /** Files that it may leave, below its folder. */
  readonly leaves: RegExp;
  /** Puts right what it may leave set by its own documents. */
  readonly after?: (place: Places) => readonly string[];
}

interface Places {
  readonly alice: string;
  readonly bob: string;
  readonly folder: string;
  readonly baseline: string;
}

const SKIPPED = Array.from({ length: 24 }, (_, index) => index + 1).filter(
  (step) => !KEPT_STEPS.includes(step),
);

const commissioning = ({ alice, bob, folder }: Places) => {
  const out = join(folder, "report");
  const units = ["--alice", alice, "--bob", bob, "--out", out];
  return ["commission", ...units, "--yes", "--soak", "1s", "--skip", SKIPPED.join(), "--json"];
};

const COMMANDS: Readonly<Record<string, Command>> = {
  probe: { words: ({ alice, bob }) => ["probe", alice, bob, "--json"], leaves: /^$/ },
  watch: { words: ({ alice, bob }) => ["watch", alice, bob, "--for", "1", "--json"], leaves: /^$/ },
  explain: {
    words: ({ alice, bob, baseline }) => [
      "explain",
      alice,
      bob,
      "--baseline",
      baseline,
      "--for",
      "1s",
      "--json",
    ],
    leaves: /^$/,
  },
  record: {
    words: ({ alice, bob, folder }) => [
      "record",
      alice,
      bob,
      "--out",
      join(folder, "run.pcapng"),
      "--for",
      "1s",
      "--json",
    ],
    leaves: /^run\.pcapng(\.idx)?$/,
  },
  commission: {
    words: commissioning,
    tells: true,
    leaves: /^report$/,
    after: (place) => [...commissioning(place), "--restore"],
  },
};

/**
 * For each command: one of both units vanishes at so many random moments, and comes back a little later. Checked each time:
 * the command ends; where it fails it says one sentence with a code and ends with exit code 1; settings, state and lease of
 * both units are as before; no file is left but what the command is for; nothing rejects that nobody handles; and the next
 * run works.
 */
export function commandsMeetVanishingUnits(moments: number, seed: number): void {
  let link: EmulatedLink;
  let ways: readonly [VanishingWay, VanishingWay];
  let root: string;
  let baseline: string;
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeAll(async () => {
    process.on("unhandledRejection", note);
    root = mkdtempSync(join(tmpdir(), "qkdlink-vanishing-"));
    vi.stubEnv("XDG_STATE_HOME", join(root, "state"));
    const listen = { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] };
    link = await startEmulatedLink({ clockHz: 1e7, lossDb: 5, speed: "max", drift: "none", listen });
    ways = [await VanishingWay.to(addressAt(link, "alice")), await VanishingWay.to(addressAt(link, "bob"))];
    baseline = join(root, "healthy.json");
    const [alice, bob] = ways.map(({ address }) => address);
    await run(["explain", alice ?? "", bob ?? "", "--learn", baseline, "--for", "1s", "--json"]);
    expect(existsSync(baseline)).toBe(true);
  }, 120_000);
  afterAll(async () => {
    for (const way of ways) way.close();
    vi.unstubAllEnvs();
    await link.stop();
    rmSync(root, { recursive: true });
    process.off("unhandledRejection", note);
  });

  it.each(Object.entries(COMMANDS))(
    "%s",
    async (name, { words, tells, leaves, after }) => {
      const sentences = (errors: string): readonly string[] => {
        const lines = errors.split("\n").filter((line) => line !== "");
        expect(lines.filter((line) => /^\s+at .*:\d+/.test(line))).toEqual([]);
        return tells ? lines.filter((line) => line.startsWith('{"error"')) : lines;
      };
      const colleagues = await Promise.all(
        (["alice", "bob"] as const).map((site) => Colleague.at(addressAt(link, site))),
      );
      const look = () => Promise.all(colleagues.map((one) => one.look()));
      const before = await look();
      const whole = () => {
        for (const way of ways) way.vanishAfter(Number.POSITIVE_INFINITY, 0);
      };
      const random = numbers(seed);
      let runs = 0;
      const places = (): Places => {
        const folder = join(root, `${name}-${runs++}`);
        mkdirSync(folder);
        return { alice: ways[0].address, bob: ways[1].address, folder, baseline };
      };
      whole();
      const quiet = await run(words(places()));
      expect(sentences(quiet.errors)).toEqual([]);
      const vanishedBefore = ways.reduce((sum, way) => sum + way.vanishings, 0);
      const bytes = ways.map((way) => way.bytes);
      let failed = 0;
      for (let moment = 0; moment < moments; moment++) {
        const which = random() < 0.5 ? 0 : 1;
        whole();
        ways[which].vanishAfter(Math.floor(random() * (bytes[which] ?? 0)), AWAY_MS[moment % 2] ?? 0);
        const place = places();
        const seen = `moment ${moment} of seed ${seed}`;
        const { code, errors } = await run(words(place));
        const told = sentences(errors);
        if (told.length > 0) {
          failed += 1;
          expect(told, seen).toEqual([expect.stringMatching(SENTENCE)]);
          expect(code, seen).toBe(1);
        } else expect([0, 1], seen).toContain(code);
        whole();
        if (after !== undefined)
          await vi.waitFor(
            async () => expect(sentences((await run(after(place))).errors), seen).toEqual([]),
            {
              timeout: 10_000,
            },
          );
        await expect.poll(look, { timeout: 10_000, message: seen }).toEqual(before);
        expect(
          readdirSync(place.folder).filter((file) => !leaves.test(file)),
          seen,
        ).toEqual([]);
        rmSync(place.folder, { recursive: true });
      }
      whole();
      await vi.waitFor(async () => expect(sentences((await run(words(places()))).errors)).toEqual([]), {
        timeout: 20_000,
      });
      const vanished = ways.reduce((sum, way) => sum + way.vanishings, 0) - vanishedBefore;
      expect(vanished).toBeGreaterThanOrEqual(moments / 2);
      expect(unhandled).toEqual([]);
      process.stderr.write(
        `${name}: ${moments} moments, gone ${vanished} times, ${failed} runs ended with a sentence\n`,
      );
      for (const one of colleagues) one.close();
    },
    LATE_MS + moments * LATE_MS,
  );
}

/** Runs a command; its exit code, and what it said on standard error. Standard output is of no interest here. */
async function run(words: readonly string[]): Promise<{ readonly code: number; readonly errors: string }> {
  const silent = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  process.exitCode = undefined;
  try {
    const { code, errors } = await runCommand(words);
    return { code: code === 0 ? Number(process.exitCode ?? 0) : code, errors };
  } finally {
    process.exitCode = undefined;
    silent.mockRestore();
  }
}

/** Numbers from 0 to 1 that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

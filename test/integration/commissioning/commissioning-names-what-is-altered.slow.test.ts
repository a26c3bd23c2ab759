import { afterEach, describe, expect, it, vi } from "vitest";
import { COMMANDS, EVENTS } from "../../../protocol/index.ts";
import { type Altering, AlteringLine } from "./altering-line.ts";
import { CommissioningRig } from "./commissioning-rig.ts";

const alteredKeys = vi.hoisted(() => ({ wanted: false }));

/** Bob's site hands out keys of which one bit was altered, where a test wants it. */
vi.mock("../../../commissioning/sites/open-sites.ts", async (original) => {
  const { openSites, ...rest } =
    await original<typeof import("../../../commissioning/sites/open-sites.ts")>();
  return {
    ...rest,
    openSites: async (...args: Parameters<typeof openSites>) => {
      const sites = await openSites(...args);
      const { pool } = sites.bob;
      const takeById = pool.takeById.bind(pool);
      if (alteredKeys.wanted)
        pool.takeById = async (...asked) => {
          const taken = await takeById(...asked);
          taken.key.reveal()[0]! ^= 1;
          return taken;
        };
      return sites;
    },
  };
});

let rig: CommissioningRig | undefined;
let line: AlteringLine | undefined;
afterEach(async () => {
  alteredKeys.wanted = false;
  line?.close();
  line = undefined;
  await rig?.stop();
});

const QUARTER_NS = 15n * 60n * 1_000_000_000n;
const LOSS_OF_SIGNAL = 48;

/** A unit whose clock is a quarter of an hour ahead. */
const clockAhead: Altering = ({ kind, opcode, payload }) => {
  if (kind !== "reply" || opcode !== COMMANDS.timeSync.opcode) return "as it is";
  const { reply } = COMMANDS.timeSync;
  const told = reply.decode(payload);
  return reply.encode({ ...told, t2Ns: told.t2Ns + QUARTER_NS, t3Ns: told.t3Ns + QUARTER_NS });
};

/** A unit that does not tell when its light is gone. */
const silentAlarm: Altering = ({ kind, opcode, payload }) =>
  kind === "event" &&
  opcode === EVENTS.alarm.opcode &&
  EVENTS.alarm.event.decode(payload).code === LOSS_OF_SIGNAL
    ? "dropped"
    : "as it is";

const ROWS = [
  { fault: "a clock that is a quarter of an hour ahead", altering: clockAhead, step: 4, remedy: /NTP/ },
  { fault: "alarms that are not told", altering: silentAlarm, step: 21, remedy: /protects nobody/ },
  { fault: "a key that was altered in the store", step: 23, remedy: /store .* as altered/ },
] as const;

describe("commissioning", () => {
  it.each(ROWS)("names step $step first under $fault", { timeout: 300_000 }, async (row) => {
    rig = await CommissioningRig.start();
    alteredKeys.wanted = row.step === 23;
    const needed = [1, 4, 7, row.step, ...(row.step > 20 ? [20] : [])];
    const skip = Array.from({ length: 24 }, (_, index) => index + 1).filter((one) => !needed.includes(one));
    if ("altering" in row) line = new AlteringLine(rig.link.addresses.bob.tcp ?? "", row.altering);
    const bob = await line?.open();
    const { firstFailed, news } = await rig.run({
      untilFailed: true,
      options: { skip, ...(bob === undefined ? {} : { bob }) },
    });
    const done = news.flatMap((one) => (one.type === "done" ? [`${one.number} ${one.verdict}`] : []));
    expect([firstFailed?.number, done]).toEqual([row.step, done]);
    expect(firstFailed?.remedy).toMatch(row.remedy);
  });
});

import { ConfigError } from "../../../errors/index.ts";
import { bobFollowsAlice, bobFollowsLater } from "./bob-follows-alice.ts";
import { cappedPhotons } from "./capped-photons.ts";
import { constantQber } from "./constant-qber.ts";
import { droppedDoubles } from "./dropped-doubles.ts";
import { fixedCurrent } from "./fixed-current.ts";
import { forgetfulDetectors } from "./forgetful-detectors.ts";
import { iidAfterpulse } from "./iid-afterpulse.ts";
import { leakingBit } from "./leaking-bit.ts";
import type { Mutation } from "./mutation.ts";
import { oneSeed } from "./one-seed.ts";
import { paintedEve } from "./painted-eve.ts";
import { paintedGains } from "./painted-gains.ts";
import { perfectSource } from "./perfect-source.ts";
import { reusedGenerator } from "./reused-generator.ts";
import { shortPeriod } from "./short-period.ts";
import { slowGenerator } from "./slow-generator.ts";
import { thermalSource } from "./thermal-source.ts";

/** Every planted fault. */
export const ALL_MUTATIONS: readonly Mutation[] = [
  thermalSource,
  cappedPhotons,
  constantQber,
  iidAfterpulse,
  droppedDoubles,
  reusedGenerator,
  slowGenerator,
  paintedGains,
  paintedEve,
  leakingBit,
  oneSeed,
  forgetfulDetectors,
  bobFollowsAlice,
  bobFollowsLater,
  shortPeriod,
  fixedCurrent,
  perfectSource,
];

/**
 * The planted fault of that name.
 * @throws ConfigError QKD_CONFIG_INVALID for an unknown one.
 */
export function mutationNamed(name: string): Mutation {
  const found = ALL_MUTATIONS.find((mutation) => mutation.name === name);
  if (found !== undefined) return found;
  throw new ConfigError("QKD_CONFIG_INVALID", `there is no planted fault named ${name}`, {
    context: { name },
    remedy: `use one of ${ALL_MUTATIONS.map((mutation) => mutation.name).join(", ")}`,
  });
}

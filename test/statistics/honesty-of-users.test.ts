import { describe } from "vitest";
import { isShort } from "./honesty-rig.ts";
import { usersAreToldTheTruth } from "./users-light.ts";

describe("what drivers and kernel give their users, short of samples", () => usersAreToldTheTruth(isShort));

import type { OpticsFactory } from "../suite/honesty-context.ts";

/** A cheat or fault planted behind honest optics, to see that the suite notices it. */
export interface Mutation {
  readonly name: string;
  /** What it plants, in one sentence. */
  readonly plants: string;
  /** Numbers of the tests that must fail. */
  readonly caughtBy: readonly number[];
  plant(honest: OpticsFactory): OpticsFactory;
}

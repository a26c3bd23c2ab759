import type { ReplyOf, RequestOf, TUNE_TARGETS } from "../../../protocol/index.ts";
import { Refusal } from "../refusal.ts";

/** What a device adjusts by itself while it is in service (SPEC 5.5). This one has nothing that it can adjust. */
export class DeviceTuning {
  /** What `tune` takes here. */
  readonly targets: readonly (keyof typeof TUNE_TARGETS)[] = [];

  /** Throws Refusal notSupported for what is not in `targets`. */
  request({ what }: RequestOf<"tune">): ReplyOf<"tune"> {
    throw new Refusal("notSupported", `this device cannot adjust ${what}`);
  }
}

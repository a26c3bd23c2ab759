import {
  distillationDisclose,
  distillationParities,
  distillationVerdict,
  distillationVerify,
} from "../../../protocol/index.ts";
import type { WireMessage } from "../../integration/distillation-rig.ts";

/** Bits about one block's key that were sent, counted from the messages alone. */
export interface DisclosedBits {
  /** Alice's parities: messages hold whole bytes, so that up to seven bits an entry are padding. */
  readonly least: number;
  readonly most: number;
  readonly entries: number;
  readonly tags: number;
  /** One bit for each answer to a tag or a sample. */
  readonly verdicts: number;
  /** Bits of cohorts that were given up and published, and of samples. */
  readonly outright: number;
}

/** Counts what two engines sent each other about the block `sequence`. */
export function disclosedBits(wire: readonly WireMessage[], sequence: number): DisclosedBits {
  let [bytes, entries, tags, verdicts, outright] = [0, 0, 0, 0, 0];
  for (const { from, kind, body } of wire) {
    if (kind === distillationParities.kind && from === "alice") {
      const message = distillationParities.decode(body);
      if (message.sequence !== sequence) continue;
      for (const entry of message.entries) bytes += entry.parities.length;
      entries += message.entries.length;
    } else if (kind === distillationVerify.kind) {
      const message = distillationVerify.decode(body);
      if (message.sequence !== sequence) continue;
      tags += 8 * message.tag.length;
    } else if (kind === distillationVerdict.kind) {
      if (distillationVerdict.decode(body).sequence === sequence) verdicts += 1;
    } else if (kind === distillationDisclose.kind) {
      const message = distillationDisclose.decode(body);
      if (message.sequence === sequence) outright += message.bits;
    }
  }
  return { least: 8 * bytes - 7 * entries, most: 8 * bytes, entries, tags, verdicts, outright };
}

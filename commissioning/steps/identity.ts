import type { Judgement } from "../limits/judgement.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 1: who the units are, and whether they are a pair. */
export const identity: Step = { id: "identity", number: 1, name: "step_identity", needs: [], run };

async function run(context: StepContext): Promise<StepOutcome> {
  const { alice, bob, units, plan, say, judging, table } = context;
  const [a, b] = await Promise.all(
    units.map((unit) => unit.command("identify", {}, () => unit.device.identify())),
  );
  if (a === undefined || b === undefined) return { judgements: [] };
  table(
    "01-identity",
    ["unit", "vendor", "model", "serial", "firmware", "hardware", "role", "linkId", "clockHz"],
    [a, b].map((one, index) => [
      index === 0 ? "alice" : "bob",
      one.vendor,
      one.model,
      one.serial,
      one.firmware,
      one.hardwareRevision,
      one.role,
      one.linkId,
      one.clockHz,
    ]),
  );
  const stated = { measured: say("shown_equal"), limit: say("shown_stated") };
  const unequal = { ...stated, measured: say("shown_unequal") };
  const source = { origin: "D", text: "from_device" } as const;
  const isPair = a.role === "qtx" && b.role === "qrx";
  const judgements: Judgement[] = [
    judging.stated(
      { id: "roles", text: "check_roles" },
      isPair,
      { measured: isPair ? say("shown_pair") : say("shown_noPair"), limit: say("shown_pair") },
      source,
      {
        find: "find_rolesWrong",
        fix: "fix_rolesWrong",
        values: { role: b.role === a.role ? a.role : `${a.role}, ${b.role}` },
      },
    ),
    judging.stated(
      { id: "linkIdEqual", text: "check_linkIdEqual" },
      a.linkId === b.linkId,
      a.linkId === b.linkId ? stated : unequal,
      source,
      {
        find: "find_pairMixed",
        fix: "fix_pairMixed",
        values: { aliceSerial: alice.serial, bobSerial: bob.serial, aliceLink: a.linkId, bobLink: b.linkId },
      },
    ),
    judging.stated(
      { id: "clockEqual", text: "check_clockEqual" },
      a.clockHz === b.clockHz,
      a.clockHz === b.clockHz ? stated : unequal,
      source,
      { find: "find_clockUnequal", fix: "fix_clockUnequal", values: { alice: a.clockHz, bob: b.clockHz } },
    ),
    firmware(context, plan.firmware, [a.firmware, b.firmware]),
  ];
  return { judgements };
}

function firmware(
  { judging, say }: StepContext,
  listed: readonly string[] | undefined,
  found: readonly string[],
): Judgement {
  const name = { id: "firmware", text: "check_firmware" } as const;
  if (listed === undefined) return judging.notApplicable(name, "why_noFirmwareList");
  const unlisted = found.filter((version) => !listed.includes(version));
  return judging.stated(
    name,
    unlisted.length === 0,
    { measured: say(unlisted.length === 0 ? "shown_listed" : "shown_unlisted"), limit: listed.join(", ") },
    { origin: "O", text: "from_firmware" },
    { find: "find_firmware", fix: "fix_firmware", values: { found: [...new Set(unlisted)].join(", ") } },
  );
}

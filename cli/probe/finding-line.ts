import type { PortTrouble, ProbeFinding } from "../../drivers/index.ts";

/** A finding for people: one line that says what is there, or why nothing is and what to do about it. */
export function findingLine(finding: ProbeFinding): string {
  return `${finding.address}  ${saying(finding)}`;
}

function saying(finding: ProbeFinding): string {
  switch (finding.found) {
    case "transceiver": {
      const { role, vendor, model, firmware, serial } = finding.identity;
      const state = finding.state ?? "state unknown";
      return `${role}  ${vendor} ${model}  firmware ${firmware}  serial ${serial}  ${state}`;
    }
    case "telemetry": {
      const { role, vendor, model, firmware, serial } = finding.identity;
      const named = [vendor, model].filter((text) => text !== undefined).join(" ");
      return `telemetry  ${role ?? "role unknown"}  ${named}  firmware ${firmware ?? "unknown"}  serial ${serial ?? "unknown"}`;
    }
    case "nothing":
      return finding.trouble === undefined || finding.trouble.why === "other"
        ? `nothing answers: ${finding.error.message}`
        : troubleSaid(finding.trouble);
  }
}

function troubleSaid(trouble: Exclude<PortTrouble, { why: "other" }>): string {
  switch (trouble.why) {
    case "absent":
      return "there is no such port: check the cable, and the name";
    case "busy": {
      const by =
        trouble.by === undefined ? "another program" : `${trouble.by.command} (process ${trouble.by.pid})`;
      return `busy: ${by} has it open; end that program, then probe again`;
    }
    case "forbidden":
      return trouble.group === undefined || trouble.group === "root"
        ? "no permission: run as a user that may read and write it"
        : `no permission: join its group (sudo usermod -aG ${trouble.group} $USER), then log in again`;
  }
}

/** The same for machines. */
export function findingJson(finding: ProbeFinding): object {
  if (finding.found !== "nothing") return finding;
  const { error, ...rest } = finding;
  return { ...rest, error: { code: error.code, message: error.message } };
}

import { ReportError } from "../../errors/index.ts";
import { checkArgument } from "../../options/index.ts";
import type { Report } from "../report.ts";
import { REPORT_SHAPE } from "./report-shape.ts";

/** No report is larger; what is would only fill the memory of whoever reads it. */
const LARGEST_CHARACTERS = 64 * 1024 * 1024;

/**
 * A report from the text of its file.
 * @throws ReportError QKD_REPORT_DAMAGED naming the member that cannot be.
 */
export function readReport(text: string): Report {
  if (text.length > LARGEST_CHARACTERS)
    throw new ReportError("QKD_REPORT_DAMAGED", "report.json is larger than any report");
  try {
    const report: unknown = JSON.parse(text);
    checkArgument("report.json", report, REPORT_SHAPE);
    return report as Report;
  } catch (cause) {
    throw new ReportError("QKD_REPORT_DAMAGED", `report.json is no report: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** The text of report.json: what is signed is these bytes. */
export function reportText(report: Report): string {
  return `${JSON.stringify(report, null, 1)}\n`;
}

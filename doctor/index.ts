export { CHECKS, type CheckReport, type DoctorReport, examineKme } from "./examine.ts";
export type { CallerPem, ExaminationOptions } from "./kme/examination.ts";
export { checkLines, summaryLine } from "./report/report-lines.ts";
export { reportPage } from "./report/report-page.ts";

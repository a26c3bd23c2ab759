export { sampleCheck, sampleReport, sampleStep } from "./sample-report.ts";

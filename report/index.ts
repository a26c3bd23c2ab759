export { compareReports, type Movement, type ReportComparison } from "./comparison/compare-reports.ts";
export { draftReasons } from "./html/draft.ts";
export { duration, figure, rate, withUnit } from "./html/figures.ts";
export { limitShown, measuredShown, nearestToLimit, sentenceOf } from "./html/limits-shown.ts";
export { RENDERER, renderReport } from "./html/render-report.ts";
export { junitText } from "./junit/junit-text.ts";
export type * from "./plot.ts";
export * from "./report.ts";
export { readReport, reportText } from "./schema/read-report.ts";
export { REPORT_SCHEMA } from "./schema/report-shape.ts";
export {
  compareWithManifest,
  MANIFEST_FILE,
  type ManifestEntry,
  manifestText,
  readManifest,
  SIGNATURE_FILE,
} from "./signing/manifest.ts";
export {
  readSignatures,
  type Signature,
  signatureText,
  signManifest,
  verifySignatures,
} from "./signing/signature.ts";
export { type SigningKey, signingKeyOf } from "./signing/signing-key.ts";
export { readTrustList, type TrustedSigner, trustLine, unknownSigners } from "./signing/trust-list.ts";
export { LANGUAGES, type Language } from "./texts/language.ts";
export { type Say, sayIn, type TextId, type TextValues } from "./texts/say.ts";
export { judge, type LimitRange, type Quantity, VERDICTS, type Verdict, worstVerdict } from "./verdict.ts";

export { filesBelow, ReportFolder } from "./evidence/report-folder.ts";
export { fibreElements, plannedLoss } from "./plan/fibre-elements.ts";
export { checkLinkPlan, type LinkPlan, linkPlanMistakes } from "./plan/link-plan.ts";
export {
  channelFault,
  channelNm,
  channelPlace,
  channelThz,
  type PlannedChannel,
} from "./plan/planned-channel.ts";
export { commission, restoreSettings } from "./run/commission.ts";
export type { CommissionNews, CommissionOptions, Signing } from "./run/commission-options.ts";
export type { SiteCredentials } from "./sites/open-sites.ts";
export { STEPS } from "./steps/all-steps.ts";
export type { Hands, HandsAct } from "./steps/step.ts";

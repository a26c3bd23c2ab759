export { increasingRoot } from "./bracketed-root.ts";
export { inverseLowerBeta, inverseUpperBeta, logIncompleteBeta } from "./incomplete-beta.ts";
export { inverseLowerGamma, inverseUpperGamma, logIncompleteGamma } from "./incomplete-gamma.ts";
export { logGamma, stirlingError } from "./stirling.ts";

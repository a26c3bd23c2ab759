/** Current that flows through both data detectors without clicks, nA. */
export const LEAKAGE_NA = 1;

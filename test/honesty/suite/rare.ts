/**
 * Limit on the p-value of every comparison that looks at what users read: all of them together accuse an honest emulator
 * in less than one run of a million, over all seeds.
 */
export const RARE = 5e-9;

/** Folders under reconstruction, by the law that does not bind them yet. To be emptied, row by row. */
export const BEING_REBUILT = {
  folderKnots: [],
  impurities: [],
  formatterSpreads: [],
} as const;

/** What a law found elsewhere. */
export function outside(folders: readonly string[], findings: readonly string[]): string[] {
  return findings.filter((finding) => !folders.some((folder) => finding.startsWith(folder)));
}

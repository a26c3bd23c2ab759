/** The SAE that a URI of ETSI GS QKD 004 names: `scheme://SAE@anything` and `scheme://SAE` name it so, any other text itself. */
export function saeOfUri(uri: string): string {
  const sae = /^[a-z][a-z0-9+.-]*:\/\/([^@/?#]+)(?:[@/?#].*)?$/i.exec(uri)?.[1];
  if (sae === undefined) return uri;
  try {
    return decodeURIComponent(sae);
  } catch {
    return uri;
  }
}

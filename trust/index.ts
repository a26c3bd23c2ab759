export { certificateFault, type TrustRules, trustRules } from "./certificate-fault.ts";
export {
  type CertificateMatch,
  type MatchKind,
  matchesCertificate,
  matchKind,
} from "./certificate-match.ts";
export {
  type CertificateNames,
  certificateNames,
  type NamedCertificate,
  namesOf,
  plainHex,
} from "./certificate-names.ts";
export { checkIdentity, type NamedIdentity } from "./check-identity.ts";
export { handshakeReason } from "./handshake-reason.ts";
export type { Pem } from "./pem-blocks.ts";
export { readCertificates } from "./read-certificates.ts";
export { type RevocationDates, revocationDates } from "./revocation-dates.ts";
export { NO_REVOCATIONS, type Revocations, readRevocations, revocationLists } from "./revocation-list.ts";
export { checkGroups, FORWARD_SECRET_SUITES } from "./tls-suites.ts";

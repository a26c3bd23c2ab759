export { checkIdentity, type NamedIdentity } from "./check-identity.ts";
export type { Pem } from "./pem-blocks.ts";
export { readCertificates } from "./read-certificates.ts";
export { NO_REVOCATIONS, type Revocations, readRevocations } from "./revocation-list.ts";
export { checkGroups, FORWARD_SECRET_SUITES } from "./tls-suites.ts";

/**
 * What the authentication behind a key rests on: pads that nobody can guess, or pads from a key exchange, which hold as
 * long as nobody breaks it before the tags are compared.
 */
export type AuthClass = "information-theoretic" | "computational";

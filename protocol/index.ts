export { SecretBytes } from "./secret-bytes.ts";

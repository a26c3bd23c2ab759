import { ptyLine } from "./pty-line.ts";
import { transportContract } from "./transport-contract.ts";

transportContract("serial (pseudo-terminal)", ptyLine, { integrityBytes: 262_144 });

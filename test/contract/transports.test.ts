import { memoryLine } from "./memory-line.ts";
import { socketLine } from "./socket-line.ts";
import { transportContract } from "./transport-contract.ts";

transportContract("memory", () => memoryLine());
transportContract("memory, cut into chunks of 7 bytes,", () => memoryLine(7));
transportContract("TCP", () => socketLine("tcp"));
transportContract("TLS", () => socketLine("tls"));

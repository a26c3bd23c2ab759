import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { InternalError } from "../../../errors/index.ts";
import { diagnosed, type Question } from "./diagnosed.ts";

if (parentPort === null) throw new InternalError("QKD_INTERNAL", "diagnosis-worker runs in a worker thread");
const port = parentPort;

// On Linux a thread has a priority of its own; elsewhere this would be that of the whole site.
if (process.platform === "linux") setPriority(19);

port.on("message", (question: Question) => {
  port.postMessage(diagnosed(question));
});

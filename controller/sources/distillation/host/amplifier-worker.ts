import { type MessagePort, workerData } from "node:worker_threads";
import { KernelError, plainError, QkdError } from "../../../../errors/index.ts";
import { createKernels } from "../../../../kernels/index.ts";
import type { AmplifyAnswer, AmplifyJob } from "./worker-messages.ts";

// Privacy amplification in a thread of its own, so that the next block is reconciled meanwhile.
const { engine } = workerData as { readonly engine: MessagePort };
const kernels = await createKernels();

engine.on("message", (job: AmplifyJob) => {
  const answer = amplify(job);
  if ("key" in answer) engine.postMessage(answer, [answer.key.buffer as ArrayBuffer]);
  else engine.postMessage(answer);
});

function amplify({ sequence, key, keyBits, outputBits, seed }: AmplifyJob): AmplifyAnswer {
  try {
    const hashed = kernels.privacyAmplification.hash(key, keyBits, outputBits, seed);
    return { sequence, key: hashed.byteLength === hashed.buffer.byteLength ? hashed : hashed.slice() };
  } catch (error) {
    const known =
      error instanceof QkdError
        ? error
        : new KernelError("QKD_KERNEL_UNAVAILABLE", "privacy amplification failed");
    return { sequence, error: plainError(known) };
  } finally {
    key.fill(0);
  }
}

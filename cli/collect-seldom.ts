import { setFlagsFromString } from "node:v8";

/** MiB of each half of a thread's young generation. */
const YOUNG_MIB = 4;

/**
 * For processes that key flows through at line rate. The JavaScript heap is small beside the buffers that pass, and the
 * collector counts those too: by default it would go through the whole heap for every few megabytes of them. With the first
 * of these it waits until four times the heap has gathered. The others bound the young generation, which may take 128 MiB in
 * each thread otherwise and gives nothing back: resident memory would rise by a step whenever one of them grows. Threads that
 * are begun later take the size; that of this one stays as it is.
 */
export function collectSeldom(): void {
  for (const flag of [
    "--heap-growing-percent=300",
    `--min-semi-space-size=${YOUNG_MIB}`,
    `--max-semi-space-size=${YOUNG_MIB}`,
    "--semi-space-growth-factor=1",
  ])
    setFlagsFromString(flag);
}

import { setFlagsFromString } from "node:v8";

/**
 * For processes that key flows through at line rate. The JavaScript heap is small beside the buffers that pass, and the
 * collector counts those too: by default it would go through the whole heap for every few megabytes of them. With this it
 * waits until four times the heap has gathered.
 */
export function collectSeldom(): void {
  setFlagsFromString("--heap-growing-percent=300");
}

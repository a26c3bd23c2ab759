import { PassThrough } from "node:stream";
import { getContainerRuntimeClient } from "testcontainers";

const MOST_CHARACTERS = 2_000;

/** The end of what a container prints, to say why it did not start. */
export class LogTail {
  #text = "";

  /** Follows a container that was made and not yet started. */
  async follow(containerId: string): Promise<void> {
    const { container } = await getContainerRuntimeClient();
    const made = container.getById(containerId);
    const stream = await made.attach({ stream: true, stdout: true, stderr: true });
    const printed = new PassThrough();
    printed.on("data", (chunk: unknown) => {
      this.#text = `${this.#text}${String(chunk)}`.slice(-MOST_CHARACTERS);
    });
    made.modem.demuxStream(stream, printed, printed);
    // It ends with the container at the latest; the test bench must not wait for it.
    stream.on("error", () => {});
    if ("unref" in stream && typeof stream.unref === "function") stream.unref();
  }

  /** The last line with anything on it, printable characters only. */
  get last(): string | undefined {
    const lines = this.#text.split("\n").map((line) => line.replaceAll(/[^\x20-\x7e]/g, "").trim());
    return lines.findLast((line) => line !== "");
  }
}

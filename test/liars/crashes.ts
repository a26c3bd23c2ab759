import { setImmediate as turn } from "node:timers/promises";

/** Plays something, and tells what was thrown beside it: out of timers and events, and rejections that nobody awaits. */
export async function crashesDuring(play: () => Promise<void>): Promise<string[]> {
  const crashes: string[] = [];
  const note = (error: unknown): void => {
    crashes.push(
      `throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`.slice(0, 400),
    );
  };
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
  try {
    await play();
    await turn();
  } catch (error) {
    note(error);
  } finally {
    process.off("uncaughtException", note);
    process.off("unhandledRejection", note);
  }
  return crashes;
}

import type { TestContext } from "vitest";
import type { QkdLinkContainer, StartedQkdLinkContainer } from "../../emulator/container/index.ts";

/** Starts a container that is gone when the test is over. */
export async function startedFor(
  test: TestContext,
  container: QkdLinkContainer,
): Promise<StartedQkdLinkContainer> {
  const started = await container.start();
  test.onTestFinished(async () => {
    await started.unpause().catch(() => {});
    await started.stop();
  });
  return started;
}

import { expect, it } from "vitest";
import { QkdLinkContainer } from "../../emulator/container/index.ts";
import { describeWithDocker } from "./engine/describe-with-docker.ts";
import { framesSoFar, matchedFrames, readingOf, takeKeys, until } from "./key-taker.ts";
import { startedFor } from "./started-for.ts";

describeWithDocker("drivers of a container", (image) => {
  const onStableAddresses = () => new QkdLinkContainer(image).withClockHz(2e7).withStableAddresses();

  it("notice that it is frozen, and take keys again when it thaws", async (test) => {
    const started = await startedFor(test, new QkdLinkContainer(image).withClockHz(2e7));
    const link = await takeKeys(test, started.addresses);
    await matchedFrames(link, 2);
    await started.pause();
    await until(() => link.alice.states.includes("reconnecting") && link.bob.states.includes("reconnecting"));
    const before = framesSoFar(link);
    await started.unpause();
    await matchedFrames(link, 3, before);
    expect(link.bob.states).toEqual(["online", "reconnecting", "online"]);
  });

  it("find it again at its address after a power failure", async (test) => {
    const started = await startedFor(test, onStableAddresses());
    const { addresses } = started;
    const link = await takeKeys(test, addresses);
    await matchedFrames(link, 2);
    await started.kill();
    await until(() => link.alice.states.includes("reconnecting") && link.bob.states.includes("reconnecting"));
    const before = framesSoFar(link);
    await started.restart();
    expect(started.addresses).toEqual(addresses);
    for (const [a, b] of await matchedFrames(link, 3, before))
      expect(Buffer.compare(a.gateDigest, b.gateDigest)).toBe(0);
  });

  it("take keys again after the network was cut", async (test) => {
    const started = await startedFor(test, onStableAddresses());
    const link = await takeKeys(test, started.addresses);
    await matchedFrames(link, 2);
    await started.cutNetwork();
    await until(() => link.alice.states.includes("reconnecting") && link.bob.states.includes("reconnecting"));
    await expect(started.state()).rejects.toMatchObject({ code: "QKD_EMULATOR_CONTROL", retryable: true });
    const before = framesSoFar(link);
    await started.restoreNetwork();
    await matchedFrames(link, 3, before);
    await readingOf(link.bob);
  });

  it("are told the new addresses of a container that was not given stable ones", async (test) => {
    const started = await startedFor(test, new QkdLinkContainer(image).withClockHz(1e7));
    await expect(started.cutNetwork()).rejects.toMatchObject({ code: "QKD_CONFIG_INVALID" });
    await started.restart();
    await matchedFrames(await takeKeys(test, started.addresses), 1);
  });
});

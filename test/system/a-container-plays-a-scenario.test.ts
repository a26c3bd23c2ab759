import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { QkdLinkContainer, type Scenario } from "../../emulator/container/index.ts";
import { describeWithDocker } from "./engine/describe-with-docker.ts";
import { matchedFrames, takeKeys, until } from "./key-taker.ts";
import { startedFor } from "./started-for.ts";

const CUT: Scenario = {
  name: "cut",
  title: "Cut at once",
  description: "The fibre is cut a second after the link is up.",
  preset: "yuan2018",
  clockHz: 1e7,
  duration: "1 h",
  starts: "at once",
  fibre: { lengthKm: 10, kind: "buried" },
  timeline: [{ at: "1 s", event: "cut" }],
};

describeWithDocker("a scenario in a container", (image) => {
  it("is one of the ready-made ones, by name", async (test) => {
    const started = await startedFor(
      test,
      new QkdLinkContainer(image).withScenario("digger").withClockHz(1e7),
    );
    const { conditions } = await started.state();
    expect(conditions.link).toMatchObject({ channelLossDb: 10, clockHz: 1e7 });
    await matchedFrames(await takeKeys(test, started.addresses), 2);
  });

  it("is handed over as an object", async (test) => {
    const started = await startedFor(test, new QkdLinkContainer(image).withScenario(CUT).withSeed(3));
    await until(async () => (await started.state()).conditions.fibreCut);
    expect((await started.state()).conditions).toMatchObject({ fibreCut: true });
  });

  it("is a file of the host", async (test) => {
    const folder = mkdtempSync(join(tmpdir(), "scenario-"));
    test.onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "cut.yaml");
    writeFileSync(file, JSON.stringify(CUT), { mode: 0o600 });
    const started = await startedFor(test, new QkdLinkContainer(image).withScenario(file));
    await until(async () => (await started.state()).conditions.fibreCut);
    expect((await started.state()).conditions).toMatchObject({ fibreCut: true });
  });
});

import { expect, it } from "vitest";
import { MAX_AGREED_BLOCKS, MAX_NOTICES } from "../../protocol/index.ts";
import { AgreementMail } from "./agreement-wire.ts";

const blockId = "ab".repeat(16);

/** What a mail sends: names of messages, and how many blocks or notices each holds. */
function sent() {
  const messages: [string, number][] = [];
  const mail = new AgreementMail(async ({ name }, value) => {
    messages.push([name, Object.values(value as Record<string, readonly unknown[]>)[0]?.length ?? 0]);
  });
  return { mail, messages };
}

it("parts what waits by kind, in order", async () => {
  const { mail, messages } = sent();
  for (const say of ["absent", "absent", "heard", "absent"] as const) mail.say({ say, block: { blockId } });
  await mail.flush();
  expect(messages).toEqual([
    ["agreement.absent", 2],
    ["agreement.heard", 1],
    ["agreement.absent", 1],
  ]);
  await mail.flush();
  expect(messages).toHaveLength(3);
});

it("puts no more into a message than it may hold", async () => {
  const { mail, messages } = sent();
  for (let count = 0; count <= MAX_AGREED_BLOCKS; count += 1) mail.say({ say: "heard", block: { blockId } });
  for (let number = 0; number <= MAX_NOTICES; number += 1) mail.say({ say: "goneHeard", block: { number } });
  await mail.flush();
  expect(messages.map(([, count]) => count)).toEqual([MAX_AGREED_BLOCKS, 1, MAX_NOTICES, 1]);
});

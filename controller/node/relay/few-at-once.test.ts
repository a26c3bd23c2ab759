import { expect, it } from "vitest";
import { fewAtOnce } from "./few-at-once.ts";

it("lets so many wait, refuses the next, and gives a place back whatever came of it", async () => {
  const ends: PromiseWithResolvers<void>[] = [];
  const wait = fewAtOnce(2, () => {
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  });
  const [one, two] = [wait(8), wait(8)];
  await expect(wait(8)).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED" });
  expect(ends).toHaveLength(2);
  ends[0]?.reject(new Error("none came"));
  await expect(one).rejects.toThrow("none came");
  const three = wait(8);
  expect(ends).toHaveLength(3);
  for (const { resolve } of ends) resolve();
  await Promise.all([two, three]);
});

import type { Mutation } from "./mutation.ts";

/** Alice's settings come out of the stream that also moves the fibre, so that what happens there changes them. */
export const oneSeed: Mutation = {
  name: "one-seed",
  plants: "Alice's settings drawn from the fibre's random stream",
  caughtBy: [13],
  plant: (honest) => (setup) => {
    const fibre = setup.streams?.channel;
    return honest(fibre === undefined ? setup : { ...setup, streams: { ...setup.streams, alice: fibre } });
  },
};

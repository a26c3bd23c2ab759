/** The calls of a contract as they run inside a transaction: the same calls, answered at once. */
export type AtOnce<Contract> = {
  readonly [Name in keyof Contract]: Contract[Name] extends (...args: infer Args) => Promise<infer Result>
    ? (...args: Args) => Result
    : never;
};

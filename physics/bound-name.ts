/** Names of the bounds that turn counts into a secret key length. */
export type BoundName = "t12" | "lim" | "lim-chernoff" | "rusca" | "composable";

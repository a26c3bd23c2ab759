import { useState } from "preact/hooks";

/** Asks for the token where the site is watched from elsewhere. */
export function Locked({ unlock }: { readonly unlock: (token: string) => void }) {
  const [token, setToken] = useState("");
  return (
    <main>
      <section class="card c12" aria-label="Token">
        <h1>This site asks for its token</h1>
        <p>The line that the site prints at its start has it, in the address of the dashboard.</p>
        <p class="unlock">
          <label for="token">Token or address </label>
          <input
            id="token"
            type="password"
            autocomplete="off"
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
            onKeyDown={({ key }) => (key === "Enter" ? unlock(token) : undefined)}
          />{" "}
          <button type="button" onClick={() => unlock(token)}>
            Look
          </button>
        </p>
      </section>
    </main>
  );
}

const PLACE = "qkdlink.token";

/**
 * The token that the site's start line prints comes in the address, behind `#`, which no server sees; from then on this
 * tab remembers it, and the address does not show it.
 */
export function takeToken(): string | null {
  const [, token] = /[#&]token=([A-Za-z0-9_-]+)/.exec(location.hash) ?? [];
  if (token !== undefined) {
    sessionStorage.setItem(PLACE, token);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(PLACE);
}

/** Remembers a token that was typed. */
export function keepToken(token: string): void {
  sessionStorage.setItem(PLACE, token.trim().replace(/^.*token=/, ""));
}

/** Asks with the token, if there is one. */
export function ask(path: string, token: string | null, body?: object): Promise<Response> {
  return fetch(`/api/v1/${path}`, {
    method: body === undefined ? "GET" : "POST",
    cache: "no-store",
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

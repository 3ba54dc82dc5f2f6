// Signing in, staying signed in, and reading answers: what every program on Kehou's API needs. Copy it.
import createClient, { type Client } from "openapi-fetch";
import type { Problem, TokenForm, TokenOut, paths } from "./generated/contract.js";

/** What an operation answers: data, or the problem that kept it from being done. */
type Outcome<T> =
  | { data: T; error?: never; response: Response }
  | { data?: never; error: Problem; response: Response };

/** Thrown where only data will do. Switch on `problem.code`; title and detail are for people. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
  }
}

/** The data of an answer, and the version tag that the next change of the same resource sends as `If-Match`. */
export function done<T>({ data, error, response }: Outcome<T>): { data: T; etag: string } {
  if (error !== undefined) {
    throw new Refused(error);
  }
  return { data, etag: response.headers.get("ETag") ?? "" };
}

/** Somebody who is signed in. `api` sends the access token, and renews it before it ends. */
export class Session {
  readonly api: Client<paths>;
  #tokens: TokenOut;
  #endsAt: number;
  #renewal: Promise<void> | undefined;

  private constructor(baseUrl: string, tokens: TokenOut) {
    this.#tokens = tokens;
    this.#endsAt = endOf(tokens);
    this.api = createClient<paths>({ baseUrl, headers: { "Accept-Language": "en" } });
    this.api.use({
      onRequest: async ({ request, schemaPath }) => {
        if (schemaPath === "/oauth/token") {
          return;
        }
        if (Date.now() > this.#endsAt) {
          await this.renew();
        }
        request.headers.set("Authorization", `Bearer ${this.#tokens.access_token}`);
      },
    });
  }

  static async open(baseUrl: string, username: string, password: string): Promise<Session> {
    const api = createClient<paths>({ baseUrl });
    return new Session(baseUrl, await tokensFor(api, { grant_type: "password", username, password }));
  }

  get role() {
    return this.#tokens.role;
  }

  /** Renews the tokens. Once at a time: a refresh token that is used twice ends the sign-in. */
  renew(): Promise<void> {
    this.#renewal ??= this.#renewed().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #renewed(): Promise<void> {
    const { refresh_token } = this.#tokens;
    if (!refresh_token) {
      throw new Error("machines get no refresh token; they sign in again");
    }
    this.#tokens = await tokensFor(this.api, { grant_type: "refresh_token", refresh_token });
    this.#endsAt = endOf(this.#tokens);
  }
}

/** `/oauth/token` takes a form (RFC 6749); everything else is JSON. */
async function tokensFor(api: Client<paths>, body: TokenForm): Promise<TokenOut> {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  return done(await api.POST("/oauth/token", { body, headers })).data;
}

/** Half a minute early, for the way of a request. */
function endOf(tokens: TokenOut): number {
  return Date.now() + (tokens.expires_in - 30) * 1000;
}

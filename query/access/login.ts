/** Credentials of a request -> whose they are. scrypt costs 32 MiB and a tenth of a second: checks wait in a short line, who asks at the same time
 *  with the same credentials waits for the same check, and what was right is remembered for a while, so that a dashboard that polls
 *  pays once. */
import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../../oap/model/ports.ts";
import type { Access } from "./access.ts";
import type { Account } from "./accounts.ts";
import type { Credentials } from "./credentials.ts";
import { FailedLogins } from "./failed-logins.ts";
import { digest, isSame, isSecretOf, nobodysHash } from "./secret-hash.ts";

/** Seconds to wait, or whose the credentials are; null: nobody's. */
export type LoginResult = Account | { readonly waitSeconds: number } | null;

const REMEMBERED_MS = 5 * 60_000;
const WAITING_MAX = 16;
/** For whoever finds the line full. */
const BUSY_SECONDS = 2;

export class Logins {
  /** Logins that were wrong, and those not even checked: too many wrong ones before, or too many at once. */
  failed = 0;
  refused = 0;
  /** Times scrypt was asked. */
  checks = 0;
  readonly #access: Access;
  readonly #clock: Clock;
  readonly #failures: FailedLogins;
  readonly #nobody = nobodysHash();
  /** Credentials are keys as a keyed hash: a dump of this memory does not tell them. Only right ones are remembered, and an account has one: no
   *  more than there are accounts. */
  readonly #key = randomBytes(32);
  readonly #remembered = new Map<string, { readonly account: Account; readonly untilMs: number }>();
  readonly #checking = new Map<string, Promise<Account | null>>();
  #line: Promise<unknown> = Promise.resolve();

  constructor(access: Access, clock: Clock) {
    this.#access = access;
    this.#clock = clock;
    this.#failures = new FailedLogins(access.failedLoginsPerMinute);
  }

  /** `address`: where the request came from, for counting. */
  async check(credentials: Credentials, address: string): Promise<LoginResult> {
    const quick = this.#quick(credentials);
    if (quick !== undefined) return quick;
    const key = createHmac("sha256", this.#key).update(JSON.stringify(credentials)).digest("base64");
    const nowMs = this.#clock.now();
    const known = this.#remembered.get(key);
    if (known !== undefined && known.untilMs > nowMs && known.untilMs - nowMs <= REMEMBERED_MS) return known.account;
    const same = this.#checking.get(key);
    if (same !== undefined) return await same;
    const waitSeconds = this.#checking.size >= WAITING_MAX ? BUSY_SECONDS : this.#failures.attempt(address, nowMs);
    if (waitSeconds > 0) {
      this.refused++;
      return { waitSeconds };
    }
    this.checks++;
    const checked = this.#inLine(() => this.#slow(credentials));
    this.#checking.set(key, checked);
    try {
      const account = await checked;
      if (account === null) {
        this.failed++;
        return null;
      }
      this.#failures.forgive(address);
      this.#remembered.set(key, { account, untilMs: this.#clock.now() + REMEMBERED_MS });
      return account;
    } finally {
      this.#checking.delete(key);
    }
  }

  /** Tokens by SHA-256: nobody guesses them, so nothing is counted against the address, and one that is out of date locks nobody out.
   *  @returns undefined when scrypt is to be asked */
  #quick(credentials: Credentials): Account | null | undefined {
    if (credentials.kind === "basic") return undefined;
    const given = digest(credentials.token);
    let found: Account | null = null;
    let isSlow = false;
    for (const token of this.#access.accounts.tokens) {
      if (token.hash.kind === "scrypt") isSlow = true;
      else if (isSame(given, token.hash.hash)) found = token;
    }
    if (found !== null) return found;
    if (isSlow) return undefined;
    this.failed++;
    return null;
  }

  async #slow(credentials: Credentials): Promise<Account | null> {
    const { users, tokens } = this.#access.accounts;
    if (credentials.kind === "basic") {
      const user = users.get(credentials.user);
      const isRight = await isSecretOf(credentials.password, user?.hash ?? this.#nobody);
      return isRight && user !== undefined ? user : null;
    }
    for (const token of tokens.filter(({ hash }) => hash.kind === "scrypt"))
      if (await isSecretOf(credentials.token, token.hash)) return token;
    return null;
  }

  /** One after the other: each takes a core and 32 MiB. */
  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#line.then(work);
    this.#line = done.catch(() => {});
    return done;
  }
}

/** Settings -> who may ask what over HTTP. */
import type { Config } from "../../oap/config/schema.ts";
import { ConfigError } from "../../oap/model/errors.ts";
import { type Accounts, accountsOf, hasAccounts } from "./accounts.ts";
import { isLoopback } from "./loopback.ts";
import type { Role } from "./role.ts";

export interface Access {
  readonly accounts: Accounts;
  /** What somebody may who does not log in; null: nothing. */
  readonly anonymous: Role | null;
  /** Whether somebody who does not log in is asked under which name he found us. */
  readonly checksHost: boolean;
  /** Addresses under which browsers reach us besides our own, as origins: `https://sidelight.example`. */
  readonly origins: readonly string[];
  /** Of one address. */
  readonly failedLoginsPerMinute: number;
}

type Settings = Pick<
  Config,
  | "http.host"
  | "http.users"
  | "http.tokens"
  | "http.allowAnonymous"
  | "http.publicUrl"
  | "http.origins"
  | "http.failedLoginsPerMinute"
>;

/** Nobody logs in on loopback: whoever asks has an account on this machine. Beyond it somebody has to say who may.
 *  @throws ConfigError naming what to set */
export function accessOf(config: Settings): Access {
  const accounts = accountsOf(config);
  const needsLogin = hasAccounts(accounts);
  const origins = [...config["http.origins"], config["http.publicUrl"] ?? []].flat().map((one) => new URL(one).origin);
  const isLocal = isLoopback(config["http.host"]);
  if (!isLocal && !needsLogin && !config["http.allowAnonymous"]) {
    throw new ConfigError(
      "http.host",
      `http.host = ${config["http.host"]} opens the HTTP port beyond this machine, and nobody has to log in: set http.users or http.tokens (hashes: npm run -s hash-password, npm run -s new-token), or http.allowAnonymous = true (OAP_HTTP_USERS, OAP_HTTP_TOKENS, OAP_HTTP_ALLOW_ANONYMOUS; oap/docs/security.md)`,
    );
  }
  return {
    accounts,
    anonymous: isLocal && !needsLogin ? "admin" : config["http.allowAnonymous"] ? "read" : null,
    checksHost: isLocal || origins.length > 0,
    origins,
    failedLoginsPerMinute: config["http.failedLoginsPerMinute"],
  };
}

/** As when nothing is set. */
export const LOOPBACK: Access = {
  accounts: { users: new Map(), tokens: [] },
  anonymous: "admin",
  checksHost: true,
  origins: [],
  failedLoginsPerMinute: 20,
};

/** Who may log in: `http.users` and `http.tokens`. Only hashes stand in settings: files and environments are copied, printed and backed up, and a
 *  hash that leaks there opens nothing. */
import type { Config } from "../../oap/config/schema.ts";
import { ConfigError } from "../../oap/model/errors.ts";
import type { Role } from "./role.ts";
import { parseHash, type SecretHash } from "./secret-hash.ts";

export interface Account {
  readonly name: string;
  readonly role: Role;
  readonly hash: SecretHash;
}

export interface Accounts {
  readonly users: ReadonlyMap<string, Account>;
  /** Those whose check costs nothing first. */
  readonly tokens: readonly Account[];
}

/** A token has no name that says which hash to check: each of these costs a wrong one a whole scrypt. */
const SCRYPT_TOKENS_MAX = 5;

/** @throws ConfigError naming the setting and the account, never the hash */
export function accountsOf(config: Pick<Config, "http.users" | "http.tokens">): Accounts {
  const users = read("http.users", config["http.users"]);
  const tokens = read("http.tokens", config["http.tokens"]);
  const slow = tokens.filter(({ hash }) => hash.kind === "scrypt");
  if (slow.length > SCRYPT_TOKENS_MAX) {
    throw new ConfigError("http.tokens", `http.tokens: at most ${SCRYPT_TOKENS_MAX} tokens have a scrypt hash, take sha256`);
  }
  const quick = tokens.filter(({ hash }) => hash.kind !== "scrypt");
  return { users: new Map(users.map((one) => [one.name, one])), tokens: [...quick, ...slow] };
}

export function hasAccounts({ users, tokens }: Accounts): boolean {
  return users.size + tokens.length > 0;
}

function read(key: "http.users" | "http.tokens", lines: readonly string[]): Account[] {
  const names = new Set<string>();
  return lines.map((line) => {
    const [name = "", role = "", text = ""] = line.split(":");
    if (names.has(name)) throw new ConfigError(key, `${key}: ${name} is there twice`);
    names.add(name);
    const hash = parseHash(text);
    if (hash === null) throw new ConfigError(key, `${key}: the scrypt hash of ${name} costs too little or too much to check`);
    return { name, role: role as Role, hash };
  });
}

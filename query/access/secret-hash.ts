/** How passwords and tokens stand in settings: `scrypt.LN.R.P.SALT.HASH` (N = 2^LN; salt and hash base64url) and `sha256.HASH`. No comma, colon
 *  or dollar sign, so that they fit into lists, variables and compose files unquoted.
 *  scrypt makes guessing of what a person chose slow. A token of ours is 256 random bits, which nobody guesses: SHA-256 is enough, and costs a
 *  request microseconds. Source: RFC 7914. */
import { createHash, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

export interface ScryptHash {
  readonly kind: "scrypt";
  /** N = 2^ln. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export interface Sha256Hash {
  readonly kind: "sha256";
  readonly hash: Buffer;
}

export type SecretHash = ScryptHash | Sha256Hash;

/** 32 MiB and about 150 ms: what OWASP's password storage sheet asks for at this N. */
const COST = { ln: 15, r: 8, p: 3 };
/** A hash that could be guessed quickly, or that would take the memory of the machine, is refused. */
const LN_MIN = 14;
const MEMORY_MAX_BYTES = 256 * 2 ** 20;
const P_MAX = 16;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
const TOKEN_BYTES = 32;
/** So that scanners for secrets find a token that was pasted somewhere. */
const TOKEN_PREFIX = "sidelight_";

export async function hashPassword(password: string, { ln, r, p } = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, { ln, r, p, salt });
  return ["scrypt", ln, r, p, salt.toString("base64url"), hash.toString("base64url")].join(".");
}

export function newToken(): string {
  return TOKEN_PREFIX + randomBytes(TOKEN_BYTES).toString("base64url");
}

export function hashToken(token: string): string {
  return `sha256.${digest(token).toString("base64url")}`;
}

/** @returns null when it is none of ours, or costs too little or too much. */
export function parseHash(text: string): SecretHash | null {
  const [kind = "", ...parts] = text.split(".");
  if (kind === "sha256") return { kind, hash: Buffer.from(parts[0] ?? "", "base64url") };
  const [ln = 0, r = 0, p = 0] = parts.slice(0, 3).map(Number);
  if (kind !== "scrypt" || ln < LN_MIN || r < 1 || memoryOf(ln, r) > MEMORY_MAX_BYTES || p < 1 || p > P_MAX) return null;
  return { kind, ln, r, p, salt: Buffer.from(parts[3] ?? "", "base64url"), hash: Buffer.from(parts[4] ?? "", "base64url") };
}

export async function isSecretOf(secret: string, known: SecretHash): Promise<boolean> {
  return isSame(known.kind === "sha256" ? digest(secret) : await derive(secret, known), known.hash);
}

/** What no password has: checked against where there is no such user, so that time does not tell who exists. */
export function nobodysHash(): ScryptHash {
  return { kind: "scrypt", ...COST, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };
}

/** Bytes that a check takes. */
function memoryOf(ln: number, r: number): number {
  return 128 * r * 2 ** ln;
}

export function digest(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}

function derive(secret: string, { ln, r, p, salt }: Omit<ScryptHash, "kind" | "hash">): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: memoryOf(ln, r) + 128 * r * (p + 2) };
  return new Promise((resolve, reject) =>
    scrypt(secret, salt, HASH_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error))),
  );
}

/** In a time that does not tell how much of them is the same. */
export function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

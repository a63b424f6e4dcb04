/** The header `Authorization`. Source: RFC 7617 (Basic), RFC 6750 (Bearer). */

export type Credentials =
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string };

/** Longer ones are nobody's; what is checked is hashed whole. */
const MAX_LENGTH = 2_048;

/** @returns null when there are none, or none of a kind that we know. */
export function credentialsOf(authorization: string | undefined): Credentials | null {
  const [, scheme = "", value = ""] = /^(\w+) +(\S+) *$/.exec(authorization ?? "") ?? [];
  if (value === "" || value.length > MAX_LENGTH) return null;
  if (scheme.toLowerCase() === "bearer") return { kind: "bearer", token: value };
  if (scheme.toLowerCase() !== "basic") return null;
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? null : { kind: "basic", user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** THE table of what a request needs: a role by its path, and mutations of GraphQL. */

export type Role = "read" | "admin";

/** Answered to everybody: probes of a cluster have no password. Exact paths, so that nothing can hide behind a prefix. */
const OPEN: ReadonlySet<string> = new Set(["/healthz/live", "/healthz/ready", "/healthcheck"]);

/** Paths that tell or change how this server is set up. Whatever is not named here can be read with `read`: /metrics too, and what a question took
 *  (/debugging/query/), which the same question tells over GraphQL. */
const ADMIN: readonly RegExp[] = [/^\/debugging(\/(?!query\/)|$)/, /^\/status\/config(\/(?!ttl$)|$)/];

/** Operations of GraphQL by their kind: what changes something is a mutation. */
export const MUTATION_ROLE: Role = "admin";

/** `path` is decoded, as the doors get it. Null: nobody has to log in. */
export function neededRole(path: string): Role | null {
  if (OPEN.has(path)) return null;
  return ADMIN.some((one) => one.test(path)) ? "admin" : "read";
}

export function allows(has: Role, needed: Role): boolean {
  return has === "admin" || needed === "read";
}

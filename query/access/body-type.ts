/** Types of bodies that are taken. Those a page of somebody else can send without asking first (text, forms, none) are not, but for one: the PromQL API takes
 *  forms, as its clients send them, and changes nothing. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

const FORM = "application/x-www-form-urlencoded";

/** Whether the body, if there is one, is of a type that this path takes. */
export function hasFittingBody({ method, headers }: IncomingMessage, path: string): boolean {
  if (method === "GET" || method === "HEAD") return true;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  if (!hasBody) return true;
  return isStructured(headers) || (typeOf(headers) === FORM && path.startsWith("/api/v1/"));
}

/** Whether a browser that a page of somebody else tells to send this asks us for permission first. */
export function isAskedForFirst({ method, headers }: IncomingMessage): boolean {
  return method === "POST" && isStructured(headers);
}

function isStructured(headers: IncomingHttpHeaders): boolean {
  return /^application\/([\w.-]+\+)?(json|graphql)$/.test(typeOf(headers));
}

function typeOf(headers: IncomingHttpHeaders): string {
  return (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

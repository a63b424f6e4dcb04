/** Types of bodies that are taken. Those a page of somebody else can send without asking first (text, forms, none) are not, but for one: the PromQL API takes
 *  forms, as its clients send them, and changes nothing. */
import type { IncomingMessage } from "node:http";
import { contentType } from "../http.ts";

const FORM = "application/x-www-form-urlencoded";

/** Whether the body, if there is one, is of a type that this path takes. */
export function hasFittingBody(request: IncomingMessage, path: string): boolean {
  const { method, headers } = request;
  if (method === "GET" || method === "HEAD") return true;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  if (!hasBody) return true;
  return isStructured(request) || (contentType(request) === FORM && path.startsWith("/api/v1/"));
}

/** Whether a browser that a page of somebody else tells to send this asks us for permission first. */
export function isAskedForFirst(request: IncomingMessage): boolean {
  return request.method === "POST" && isStructured(request);
}

function isStructured(request: IncomingMessage): boolean {
  return /^application\/([\w.-]+\+)?(json|graphql)$/.test(contentType(request));
}

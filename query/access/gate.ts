/** In front of all doors: headers for browsers, whose page asks, who asks, and whether he may. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Clock } from "../../oap/model/ports.ts";
import { sendText } from "../http.ts";
import type { Access } from "./access.ts";
import { hasAccounts } from "./accounts.ts";
import { hasFittingBody } from "./body-type.ts";
import { credentialsOf } from "./credentials.ts";
import { setSecurityHeaders } from "./headers.ts";
import { Logins } from "./login.ts";
import { isFromOurPage, isOurName, isPassedOn } from "./origin.ts";
import { allows, neededRole, type Role } from "./role.ts";

/** Who asks. */
export interface Caller {
  /** Null: nobody logged in. */
  readonly name: string | null;
  readonly role: Role;
}

interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** For paths that need no login. */
const SOMEBODY: Caller = { name: null, role: "read" };
/** MCP says that a foreign Origin is refused, whoever passed it on. */
const STRICT = "/mcp";
/** Browsers ask for a name and a password, and send both with everything that the page asks for. */
const CHALLENGE = { "WWW-Authenticate": ['Basic realm="Sidelight", charset="UTF-8"', 'Bearer realm="Sidelight"'] };

export class Gate {
  readonly logins: Logins;
  /** Requests refused because somebody else's page sent them, or under a name that is not ours. */
  foreign = 0;
  readonly #access: Access;
  readonly #needsLogin: boolean;

  constructor(access: Access, clock: Clock) {
    this.#access = access;
    this.#needsLogin = hasAccounts(access.accounts);
    this.logins = new Logins(access, clock);
  }

  /** Who asks; null when he was refused, and told so. */
  async admit(request: IncomingMessage, response: ServerResponse, path: string): Promise<Caller | null> {
    setSecurityHeaders(request, response);
    const needed = neededRole(path);
    if (needed === null) return SOMEBODY;
    const said = this.#foreign(request, path) ?? (await this.#known(request, needed));
    if (!("status" in said)) return said;
    request.resume();
    sendText(response, said.status, said.text, said.headers);
    return null;
  }

  #foreign(request: IncomingMessage, path: string): Refusal | null {
    const { origins, checksHost, anonymous } = this.#access;
    if (!isFromOurPage(request, origins) && (path.startsWith(STRICT) || !isPassedOn(request))) {
      this.foreign++;
      return { status: 403, text: "a page from elsewhere asks: if it is this server's own address, name it in http.origins" };
    }
    if (checksHost && anonymous !== null && !isOurName(request, this.#access)) {
      this.foreign++;
      return { status: 403, text: "this server is not known under that name: name its address in http.origins" };
    }
    return hasFittingBody(request, path) ? null : { status: 415, text: "a body of that type is not taken here" };
  }

  async #known(request: IncomingMessage, needed: Role): Promise<Caller | Refusal> {
    const { authorization } = request.headers;
    const { anonymous } = this.#access;
    // Where nobody can log in, what a proxy in front passes on is its own business.
    if (authorization === undefined || !this.#needsLogin) {
      if (anonymous !== null && allows(anonymous, needed)) return { name: null, role: anonymous };
      if (!this.#needsLogin) return { status: 403, text: `this needs a login with the role ${needed}: see http.users` };
      return { status: 401, text: "log in", headers: CHALLENGE };
    }
    const credentials = credentialsOf(authorization);
    const found = credentials === null ? null : await this.logins.check(credentials, request.socket.remoteAddress ?? "");
    if (found === null) return { status: 401, text: "wrong name, password or token", headers: CHALLENGE };
    if ("waitSeconds" in found) {
      return {
        status: 429,
        text: "too many logins failed (http.failedLoginsPerMinute)",
        headers: { "Retry-After": found.waitSeconds },
      };
    }
    if (!allows(found.role, needed)) return { status: 403, text: `this needs the role ${needed}` };
    return { name: found.name, role: found.role };
  }
}

/** `npm run -s new-token -- NAME [read|admin]`: makes a bearer token. It is printed once, and nowhere kept; the second line is the one for
 *  `http.tokens`. */
import { hashToken, newToken } from "../../query/access/secret-hash.ts";
import { announce, complain } from "../telemetry/logger.ts";
import { accountOf } from "./account.ts";

try {
  const { name, role } = accountOf(process.argv.slice(2), "new-token");
  const token = newToken();
  announce(`token:       ${token}`);
  announce(`http.tokens: ${name}:${role}:${hashToken(token)}`);
} catch (error) {
  complain((error as Error).message);
  process.exitCode = 1;
}

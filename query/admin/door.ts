/** What operators and their tools ask of a server itself: /status, /debugging and /inspect, as clients of the query protocol know them from its
 *  admin port. Everything here only reads. */
import type { Door, DoorParts } from "../door.ts";
import { sendText } from "../http.ts";
import type { RefusedRequests } from "../limits.ts";

const OURS = /^\/(status|debugging|inspect)(\/|$)/;
/** Features of that port that are not here. Their clients take a 404 for "not available"; the dashboard's page would be read as an answer. */
const NOT_HERE = /^\/(ui-management|runtime|dsl-debugging)(\/|$)/;

/** What answers is loaded with the first request: most servers are never asked. Counts in `refused` what is larger than options.limits allow. */
export function adminDoor({ options, makeContext }: DoorParts, refused: RefusedRequests): Door {
  const { failures: errors } = makeContext();
  let loading: Promise<typeof import("./answer.ts")> | null = null;
  return {
    takes: (path) => OURS.test(path) || NOT_HERE.test(path),
    answer: async (request, response, url) => {
      if (NOT_HERE.test(url.pathname)) return sendText(response, 404, "not found");
      loading ??= import("./answer.ts");
      await (await loading).answerAdmin({ request, response, url, context: makeContext(), options, errors, refused });
    },
  };
}

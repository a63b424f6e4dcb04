/** Users and traffic together, as a part. */
import { atMost } from "./figures.ts";
import { median } from "./measure.ts";
import type { Part } from "./part.ts";
import { type UsersRun, usersRun } from "./users.ts";

const RUNS = 3;
const MAX_P95_MS = 300;
const MAX_LOOP_MS = 100;
/** With the copy of the data set; the first run on a machine makes it. */
const RUN_MS = 30 * 60_000;

const ms = (value: number): string => `${Math.round(value)} ms`;
const textOf = ({ requests, p95Ms, sentPerSecond }: UsersRun): string =>
  `${requests} requests, p95 ${ms(p95Ms)}, ${sentPerSecond.toLocaleString("en-US")} entries a second`;

export const USERS_PART: Part = {
  name: "users",
  section: {
    title: "Users",
    head: ["what", "figure", "bound"],
    setting: `50 users with Booster UI's dashboard of a service, each loaded every 15 s and one after the other (autocannon; requests of six expressions over an hour by minutes, those of a dashboard at once), while 20,000 entries a second come in: all of the product
with one ingest process, on a copy of the readers' data, beside the sender and the users on the same two cores. Every entry sent is stored, or the run fails. Medians of ${RUNS} runs; in brackets all of them.`,
  },
  what: "50 dashboard users and 20,000 entries a second",
  rows: async (runs) => {
    const all: UsersRun[] = [];
    for (let run = 1; run <= RUNS; run++)
      all.push(await runs.once(`run ${run} of ${RUNS}`, () => usersRun((text) => runs.say(text)), textOf, RUN_MS));
    const figure = (of: (run: UsersRun) => number): [number, string] => {
      const values = all.map(of);
      return [median(values), `${ms(median(values))} (${values.map(ms).join("; ")})`];
    };
    const [p95, p95Text] = figure((run) => run.p95Ms);
    const [, p50Text] = figure((run) => run.p50Ms);
    const loops = ["main", "ingest-0"].map((of) => [of, ...figure((run) => run.loopP99Ms[of] ?? 0)] as const);
    return [
      ["requests in a run", all.map(({ requests }) => requests).join("; "), "none given"],
      ["answer to a request, p95", p95Text, atMost(p95, MAX_P95_MS)],
      ["answer to a request, median", p50Text, "none given"],
      ...loops.map(([of, p99, text]) => [`event loop delay of ${of}, p99 at most`, text, atMost(p99, MAX_LOOP_MS)]),
      [
        "entries per second that the bench sent meanwhile",
        all.map(({ sentPerSecond }) => sentPerSecond.toLocaleString("en-US")).join("; "),
        "20,000, none lost",
      ],
    ];
  },
}; // prettier-ignore

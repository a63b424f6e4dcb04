/** Ranked entities. All rankings that one request asks of one table and range are read by one statement, as long as there are
 *  places for them and for the columns they use. */
import DataLoader from "dataloader";
import type { Column } from "../../oap/catalog/columns.ts";
import { columnsOf } from "../../oap/catalog/metric.ts";
import type { SqlReader } from "../../oap/model/ports.ts";
import type { TimeRange } from "../duration.ts";
import type { Slice } from "../slices.ts";
import { type RankedEntity, type Ranking, readRankings } from "./ranking-statements.ts";
import { tableOf } from "./sql.ts";

interface Question {
  readonly table: string;
  readonly range: TimeRange;
  readonly ranking: Ranking;
}

/** What sums over a range are read from. */
export type SlicesOf = (range: TimeRange) => readonly Slice[];

/** Of rankings, and of columns. */
const PLACES = 8;

/** One per request. */
export class Rankings {
  readonly #loader: DataLoader<Question, readonly RankedEntity[]>;

  constructor(reader: SqlReader, slicesOf: SlicesOf) {
    this.#loader = new DataLoader((questions) => readAll(reader, slicesOf, questions));
  }

  async load(ranking: Ranking, range: TimeRange): Promise<readonly RankedEntity[]> {
    const table = tableOf(range.step);
    return table === null ? [] : await this.#loader.load({ table, range, ranking });
  }
}

/** What each question found; where its statement failed, why. */
type Answers = Map<Question, readonly RankedEntity[] | Error>;

async function readAll(
  reader: SqlReader,
  slicesOf: SlicesOf,
  questions: readonly Question[],
): Promise<(readonly RankedEntity[] | Error)[]> {
  const answers: Answers = new Map();
  const byRange = Map.groupBy(questions, ({ table, range }) => `${table} ${range.fromMs} ${range.toMs}`);
  const reading = [...byRange.values()].flatMap(packed).map((pack) =>
    readPack(reader, slicesOf, pack, answers).catch((error: Error) => {
      for (const question of pack.questions) answers.set(question, error);
    }),
  );
  await Promise.all(reading);
  return questions.map((question) => answers.get(question) ?? []);
}

interface Pack {
  readonly columns: Column[];
  readonly questions: Question[];
}

/** Rankings into statements, each with no more of them, and of their columns, than there are places. */
function packed(questions: readonly Question[]): Pack[] {
  const packs: Pack[] = [];
  for (const question of questions) {
    const used = columnsOf(question.ranking.value);
    const missing = (pack: Pack): Column[] => used.filter((column) => !pack.columns.includes(column));
    let pack = packs.find((one) => one.questions.length < PLACES && one.columns.length + missing(one).length <= PLACES);
    if (pack === undefined) {
      pack = { columns: [], questions: [] };
      packs.push(pack);
    }
    pack.columns.push(...missing(pack));
    pack.questions.push(question);
  }
  return packs;
}

async function readPack(reader: SqlReader, slicesOf: SlicesOf, { columns, questions }: Pack, answers: Answers): Promise<void> {
  const [{ table, range }] = questions as [Question];
  const rankings = questions.map(({ ranking }) => ranking);
  const ranked = await readRankings(reader, { table, range, slices: slicesOf(range), columns, rankings });
  for (const [i, question] of questions.entries()) answers.set(question, ranked[i] ?? []);
}

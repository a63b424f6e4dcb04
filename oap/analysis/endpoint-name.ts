/** Request paths to a bounded set of endpoint names, `METHOD:/path`: by rule and by the text of the path, by what was learned of
 *  the service, and by budget. A service has at most `perService` names a day; what comes after is counted under its endpoint
 *  `{other}`, with exact totals. A name once handed over stays: learning changes only what comes after.
 *
 *  A name that is new here is a question to the node's register (endpoint-register.ts), so that all processes, and those that are
 *  started later, give the same names. It is provisional until the next hand-over: `settle` takes the answers, or decides alone. */
import { METHOD_WHOLE_NAME, METHODS, NO_PATH } from "../model/batch.ts";
import { OTHER } from "../model/entity.ts";
import { OVERFLOW_ID } from "../model/interner.ts";
import type { EndpointAnswer, EndpointQuestion } from "../model/ipc.ts";
import { cutName } from "../model/name-limit.ts";
import { LearnedSegments } from "./learned-segments.ts";
import { type PathRule, PathTemplates } from "./path-template.ts";
import { Slots } from "./slots.ts";

export interface EndpointLimits {
  readonly perService: number;
  readonly nameMaxBytes: number;
  readonly rules: readonly PathRule[];
  /** Different segments at one position before they count as values. */
  readonly children: number;
  /** Positions of paths remembered: by each process, and by the node's register. */
  readonly positions: number;
  readonly nodePositions: number;
  /** Names the node's register remembers. */
  readonly nodeNames: number;
}

/** A name given since the last hand-over. */
interface Provisional {
  readonly id: number;
  readonly question: EndpointQuestion;
}

export class EndpointNames {
  /** Names that found their service's budget used up and went to `{other}`; a name seen again after its path id went counts again. */
  overflowed = 0;
  readonly #limits: EndpointLimits;
  readonly #pathText: (path: number) => string;
  readonly #serviceName: (service: number) => string;
  readonly #templates: PathTemplates;
  readonly #learned: LearnedSegments;
  /** (service, method, path) -> endpoint, valid as long as the path ids are. Stride 1: the endpoint id. */
  readonly #resolved = new Slots(1);
  /** By service id: endpoint name -> id. */
  #known: (Map<string, number> | undefined)[] = [];
  #names: string[] = [""];
  #services: number[] = [0];
  /** Services whose budget the register said is used up. */
  #full = new Set<number>();
  #provisional: Provisional[] = [];
  #questions: EndpointQuestion[] = [];
  #unanswered = 0;
  #answers = new Map<string, string>();

  constructor(limits: EndpointLimits, texts: { pathText(path: number): string; serviceName(service: number): string }) {
    this.#limits = limits;
    this.#pathText = (path) => texts.pathText(path);
    this.#serviceName = (service) => texts.serviceName(service);
    this.#templates = new PathTemplates(limits.rules);
    this.#learned = new LearnedSegments(limits.children, limits.positions);
  }

  /** Endpoint id of a call; ids are dense, from 1. */
  resolve(service: number, method: number, path: number): number {
    const at = this.#resolved.at(this.#resolved.slot(0, service, method, path));
    const known = this.#resolved.rows[at] as number;
    if (known !== 0) return known;
    const id = this.#idFor(service, method, path);
    this.#resolved.rows[at] = id;
    return id;
  }

  /** What the register is to be asked, each once. */
  takeQuestions(): EndpointQuestion[] {
    const questions = this.#questions;
    this.#questions = [];
    return questions;
  }

  get hasQuestions(): boolean {
    return this.#questions.length > 0;
  }

  /** Questions since the last `settle` that have no answer yet. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Takes what the register answered. Too late for names that are settled, it still teaches what is folded. */
  learn(answers: readonly EndpointAnswer[]): void {
    for (const answer of answers) {
      const verb = answer.name.indexOf(":");
      if (verb > 0) this.#learned.fold(`${answer.service} ${answer.method}`, answer.template, answer.name.slice(verb + 1));
      this.#answers.set(keyOf(answer), answer.name);
      this.#unanswered = Math.max(0, this.#unanswered - 1);
    }
  }

  /** Makes the names given since the last hand-over final. To be called right before one: ids keep their rows, two of them may
   *  have got one name. */
  settle(): void {
    let renamed = false;
    for (const { id, question } of this.#provisional) {
      const name = this.#answers.get(keyOf(question)) ?? this.#learnedName(question);
      if (name === this.#names[id]) continue;
      this.#rename(id, name);
      renamed = true;
    }
    if (renamed) this.#resolved.clear();
    this.#provisional = [];
    this.#questions = [];
    this.#unanswered = 0;
    this.#answers.clear();
  }

  /** The id that stands for "no endpoint" of a service (TCP): its name is empty. */
  none(service: number): number {
    return this.#idOf(service, "");
  }

  name(endpoint: number): string {
    return this.#names[endpoint] as string;
  }

  service(endpoint: number): number {
    return this.#services[endpoint] as number;
  }

  /** Positions of paths that nothing is learned about, for want of room. */
  get positionsOverflowed(): number {
    return this.#learned.overflowed;
  }

  get size(): number {
    return this.#names.length - 1;
  }

  /** To be called when path ids become invalid. */
  forgetPaths(): void {
    this.#resolved.clear();
  }

  /** A new day begins: every service gets its budget back. All endpoint ids become invalid. */
  forgetAll(): void {
    this.#resolved.clear();
    this.#known = [];
    this.#names = [""];
    this.#services = [0];
    this.#full.clear();
    this.#provisional = [];
    this.#questions = [];
  }

  #idFor(service: number, method: number, path: number): number {
    if (path === OVERFLOW_ID) return this.#idOf(service, OTHER);
    if (method === METHOD_WHOLE_NAME) return this.#idOf(service, path === NO_PATH ? "" : this.#cut(this.#pathText(path)));
    if (path === NO_PATH) return this.#idOf(service, "/");
    const verb = METHODS[method] ?? METHODS[0];
    const text = this.#pathText(path);
    const whole = this.#cut(`${verb}:${text}`);
    const known = this.#known[service];
    if (known?.has(whole)) return this.#idOf(service, whole); // given before what is known now was learned
    const { path: template, isRule } = this.#templates.apply(verb, text);
    const name = this.#cut(`${verb}:${template}`);
    if (isRule || known?.has(name)) return this.#idOf(service, name);
    return this.#learnedId(service, { service: this.#serviceName(service), method: verb, template });
  }

  /** Asks about what is new: a name, or something that the register can learn from a path. */
  #learnedId(service: number, question: EndpointQuestion): number {
    const lessons = this.#learned.lessons;
    const name = this.#learnedName(question);
    const before = this.#names.length;
    const id = this.#idOf(service, name);
    const isNew = this.#names.length > before && this.#names[id] === name;
    if (isNew || this.#learned.lessons > lessons) {
      this.#questions.push(question);
      this.#unanswered++;
    }
    if (isNew) this.#provisional.push({ id, question });
    return id;
  }

  #learnedName({ service, method, template }: EndpointQuestion): string {
    return this.#cut(`${method}:${this.#learned.apply(`${service} ${method}`, template)}`);
  }

  #rename(id: number, name: string): void {
    const service = this.#services[id] as number;
    const names = this.#known[service] as Map<string, number>;
    names.delete(this.#names[id] as string);
    this.#names[id] = name;
    if (name === OTHER) {
      this.#full.add(service);
      this.overflowed++;
    }
    if (!names.has(name)) names.set(name, id);
  }

  #cut(name: string): string {
    return cutName(name, this.#limits.nameMaxBytes);
  }

  #idOf(service: number, name: string): number {
    let names = this.#known[service];
    if (names === undefined) {
      names = new Map();
      this.#known[service] = names;
    }
    const known = names.get(name);
    if (known !== undefined) return known;
    const isFull = names.size >= this.#limits.perService || this.#full.has(service);
    if (name !== OTHER && name !== "" && isFull) {
      this.overflowed++;
      return this.#idOf(service, OTHER);
    }
    const id = this.#names.length;
    this.#names.push(name);
    this.#services.push(service);
    names.set(name, id);
    return id;
  }
}

function keyOf({ service, method, template }: EndpointQuestion): string {
  return `${service}\0${method}\0${template}`;
}

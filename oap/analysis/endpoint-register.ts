/** The node's one register of endpoint names, kept by main: what all ingest processes together have seen of a service's paths, and
 *  how much of its budget of names is given. Ingest processes ask it for every name that is new to them. */
import { OTHER } from "../model/entity.ts";
import type { EndpointAnswer, EndpointQuestion } from "../model/ipc.ts";
import { cutName } from "../model/name-limit.ts";
import type { EndpointLimits } from "./endpoint-name.ts";
import { LearnedSegments } from "./learned-segments.ts";

export class EndpointRegister {
  /** Names that found no room here: every process keeps its own budget for them. */
  overflowed = 0;
  readonly #limits: EndpointLimits;
  readonly #learned: LearnedSegments;
  readonly #names = new Map<string, Set<string>>();
  #size = 0;

  constructor(limits: EndpointLimits) {
    this.#limits = limits;
    this.#learned = new LearnedSegments(limits.children, limits.nodePositions);
  }

  /** Positions of paths that nothing is learned about, for want of room. */
  get positionsOverflowed(): number {
    return this.#learned.overflowed;
  }

  get size(): number {
    return this.#size;
  }

  /** The name of a path template; `{other}` when the service's budget is used up. */
  answer(question: EndpointQuestion): EndpointAnswer {
    return { ...question, name: this.#nameOf(question) };
  }

  /** A name that is given already: by this node before it restarted, or by another node. @returns whether it was new here. */
  add(service: string, name: string): boolean {
    const verb = name.indexOf(":/");
    if (verb < 0 || this.#of(service).has(name)) return false;
    this.#learned.apply(`${service} ${name.slice(0, verb)}`, name.slice(verb + 1));
    return this.#give(service, name);
  }

  /** A new day begins: every service gets its budget back. What was learned of paths stays. */
  forgetNames(): void {
    this.#names.clear();
    this.#size = 0;
  }

  #nameOf({ service, method, template }: EndpointQuestion): string {
    const given = this.#of(service);
    const whole = cutName(`${method}:${template}`, this.#limits.nameMaxBytes);
    if (given.has(whole)) return whole;
    const learned = this.#learned.apply(`${service} ${method}`, template);
    const name = cutName(`${method}:${learned}`, this.#limits.nameMaxBytes);
    if (given.has(name)) return name;
    if (given.size >= this.#limits.perService) return OTHER;
    this.#give(service, name);
    return name;
  }

  #give(service: string, name: string): boolean {
    if (this.#size >= this.#limits.nodeNames) {
      this.overflowed++;
      return false;
    }
    let given = this.#names.get(service);
    if (given === undefined) {
      given = new Set();
      this.#names.set(service, given);
    }
    given.add(name);
    this.#size++;
    return true;
  }

  #of(service: string): ReadonlySet<string> {
    return this.#names.get(service) ?? NONE;
  }
}

const NONE: ReadonlySet<string> = new Set();

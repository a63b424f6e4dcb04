/** Request paths to a bounded set of endpoint names, `METHOD:/path`: by rule and by the text of the path, by what was learned of
 *  the service, and by budget. A service has at most `perService` names a day; what comes after is counted under its endpoint
 *  `{other}`, with exact totals. A name once given stays: learning changes only what comes after. */
import { METHOD_WHOLE_NAME, METHODS, NO_PATH } from "../model/batch.ts";
import { OTHER } from "../model/entity.ts";
import { cutName } from "../model/name-limit.ts";
import { OVERFLOW_ID } from "./interner.ts";
import { LearnedSegments } from "./learned-segments.ts";
import { type PathRule, PathTemplates } from "./path-template.ts";
import { Slots } from "./slots.ts";

export interface EndpointLimits {
  readonly perService: number;
  readonly nameMaxBytes: number;
  readonly rules: readonly PathRule[];
  /** Different segments at one position before they count as values. */
  readonly children: number;
}

/** Positions of paths remembered, per process. */
const POSITIONS_MAX = 50_000;

export class EndpointNames {
  /** Names that found their service's budget used up and went to `{other}`; a name seen again after its path id went counts again. */
  overflowed = 0;
  readonly #limits: EndpointLimits;
  readonly #pathText: (path: number) => string;
  readonly #templates: PathTemplates;
  readonly #learned: LearnedSegments;
  /** (service, method, path) -> endpoint, valid as long as the path ids are. Stride 1: the endpoint id. */
  readonly #resolved = new Slots(1);
  /** By service id: endpoint name -> id. */
  #known: (Map<string, number> | undefined)[] = [];
  #names: string[] = [""];
  #services: number[] = [0];

  constructor(limits: EndpointLimits, pathText: (path: number) => string) {
    this.#limits = limits;
    this.#pathText = pathText;
    this.#templates = new PathTemplates(limits.rules);
    this.#learned = new LearnedSegments(limits.children, POSITIONS_MAX);
  }

  /** Endpoint id of a call; ids are dense, from 1. */
  resolve(service: number, method: number, path: number): number {
    const at = this.#resolved.slot(0, service, method, path);
    const known = this.#resolved.rows[at] as number;
    if (known !== 0) return known;
    const id = this.#idOf(service, this.#nameOf(service, method, path));
    this.#resolved.rows[at] = id;
    return id;
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
    this.overflowed = 0;
  }

  #nameOf(service: number, method: number, path: number): string {
    if (path === OVERFLOW_ID) return OTHER;
    if (method === METHOD_WHOLE_NAME) return path === NO_PATH ? "" : this.#cut(this.#pathText(path));
    if (path === NO_PATH) return "/";
    const verb = METHODS[method] ?? METHODS[0];
    const text = this.#cut(`${verb}:${this.#pathText(path)}`);
    if (this.#known[service]?.has(text)) return text; // given before what is known now was learned
    const { path: template, isRule } = this.#templates.apply(verb, this.#pathText(path));
    return this.#cut(`${verb}:${isRule ? template : this.#learned.apply(`${service} ${verb}`, template)}`);
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
    if (name !== OTHER && name !== "" && names.size >= this.#limits.perService) {
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

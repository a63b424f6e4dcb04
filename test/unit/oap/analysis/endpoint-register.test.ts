import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EndpointNames } from "../../../../oap/analysis/endpoint-name.ts";
import { EndpointRegister } from "../../../../oap/analysis/endpoint-register.ts";
import { METHODS } from "../../../../oap/model/batch.ts";
import { EndpointLog } from "../../../../oap/storage/endpoint-log.ts";
import { ENDPOINT_LIMITS } from "../../../builders/limits.ts";
import { mulberry32 } from "../../../harness/random.ts";

const LIMITS = { ...ENDPOINT_LIMITS, perService: 100 };
const GET = METHODS.indexOf("GET");

/** An ingest process's names over texts of its own. */
function startNames() {
  const paths: string[] = [""];
  const names = new EndpointNames(LIMITS, { pathText: (path) => paths[path] as string, serviceName: () => "shop" });
  return {
    names,
    see: (path: string) => names.resolve(1, GET, paths.push(path) - 1),
    ask: (register: EndpointRegister | null) => {
      const questions = names.takeQuestions();
      if (register !== null) names.learn(questions.map((question) => register.answer(question)));
      return questions.length;
    },
  };
}

function randomPath(random: () => number): string {
  const at = Math.floor(random() * 100);
  return [`/shelves/s${at}/books`, `/items/${at}`, `/cart/${at % 7}`, "/", `/users/${100_000 + at}/orders/${at}`][
    Math.floor(random() * 5)
  ] as string;
}

/** The names handed over by `processes` in `restarts` lives of the whole node. */
function namesAfter(processes: number, restarts: number): Set<string> {
  const random = mulberry32(11);
  const given = new Set<string>();
  for (let life = 0; life < restarts; life++) {
    const register = new EndpointRegister(LIMITS);
    for (const name of given) register.add("shop", name);
    const all = Array.from({ length: processes }, startNames);
    for (let interval = 0; interval < 60; interval++) {
      for (const { names, see, ask } of all) {
        const ids = Array.from({ length: 6 }, () => see(randomPath(random)));
        ask(register);
        names.settle();
        for (const id of ids) given.add(names.name(id));
      }
    }
  }
  return given;
}

test("four processes and ten restarts give the names that one process and one start give, within 20", () => {
  const one = namesAfter(1, 1);
  const many = namesAfter(4, 10);
  expect(one.size).toBeGreaterThan(60);
  expect(Math.abs(many.size - one.size)).toBeLessThanOrEqual(20);
  const folded = ["GET:/shelves/{var}/books", "GET:/items/{var}", "GET:/users/{var}/orders/{var}"];
  for (const name of folded) expect([one.has(name), many.has(name)]).toEqual([true, true]);
});

test("the register's answer renames what was provisional, and is known from then on", () => {
  const register = new EndpointRegister(LIMITS);
  for (let i = 0; i < 21; i++) register.answer({ service: "shop", method: "GET", template: `/shelves/s${i}` });
  const { names, see, ask } = startNames();
  const id = see("/shelves/x");
  expect(names.name(id)).toBe("GET:/shelves/x");
  expect(names.unanswered).toBe(1);
  ask(register);
  expect(names.unanswered).toBe(0);
  names.settle();
  expect(names.name(id)).toBe("GET:/shelves/{var}");
  expect(see("/shelves/y")).toBe(id);
  expect(ask(register)).toBe(0);
});

test("a name that was handed over stays, whatever is learned later", () => {
  const register = new EndpointRegister(LIMITS);
  const { names, see, ask } = startNames();
  const id = see("/shelves/x");
  ask(register);
  names.settle();
  for (let i = 0; i < 40; i++) see(`/shelves/s${i}`);
  ask(register);
  names.settle();
  expect(names.name(see("/shelves/x"))).toBe("GET:/shelves/x");
  expect(names.name(id)).toBe("GET:/shelves/x");
  expect(register.answer({ service: "shop", method: "GET", template: "/shelves/x" }).name).toBe("GET:/shelves/x");
});

test("without an answer a process decides alone: a position that folded before the hand-over leaves one name", () => {
  const { names, see, ask } = startNames();
  const ids = Array.from({ length: 30 }, (_, i) => see(`/shelves/s${i}`));
  ask(null);
  names.settle();
  expect(new Set(ids.map((id) => names.name(id)))).toEqual(new Set(["GET:/shelves/{var}"]));
});

test("the budget of a service is one for the whole node", () => {
  const register = new EndpointRegister(LIMITS);
  for (let i = 0; i < 100; i++) register.add("shop", `POST:/p${Math.floor(i / 10)}/q${i % 10}`);
  const { names, see, ask } = startNames();
  const id = see("/new");
  ask(register);
  names.settle();
  expect(names.name(id)).toBe("{other}");
  expect(names.overflowed).toBe(1);
  expect(names.name(see("/newer"))).toBe("{other}");
  register.forgetNames();
  names.forgetAll();
  see("/new");
  ask(register);
  names.settle();
  expect(names.name(see("/new"))).toBe("GET:/new");
});

test("the file of names is read on its own day only, up to a torn or damaged line", async () => {
  const dir = mkdtempSync(join(tmpdir(), "sidelight-names-"));
  const path = join(dir, "names");
  const errors: Error[] = [];
  const open = () => new EndpointLog(path, (error) => errors.push(error));
  expect(open().read(7)).toEqual([]);
  const log = open();
  log.begin(7);
  log.append("a", "GET:/x");
  log.append("b", 'GET:/"y"');
  await log.close();
  expect(open().read(7)).toEqual([
    ["a", "GET:/x"],
    ["b", 'GET:/"y"'],
  ]);
  expect(open().read(8)).toEqual([]);
  writeFileSync(path, '7\n["a","GET:/x"]\n[1,2]\n\u0000\n["b","GET:');
  expect(open().read(7)).toEqual([["a", "GET:/x"]]);
  expect(errors).toEqual([]);
  new EndpointLog(join(dir, "no", "such"), (error) => errors.push(error)).begin(7);
  await expect.poll(() => errors.length).toBe(1);
  rmSync(dir, { recursive: true });
});

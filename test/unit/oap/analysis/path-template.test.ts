import { expect, test } from "vitest";
import { LearnedSegments } from "../../../../oap/analysis/learned-segments.ts";
import { PathTemplates, parseRule } from "../../../../oap/analysis/path-template.ts";
import { mulberry32 } from "../../../harness/random.ts";

const plain = new PathTemplates([]);

test.for([
  ["/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301/orders/123456", "/users/{var}/orders/{var}"],
  ["/reviews/0", "/reviews/0"],
  ["/a/12/b/123", "/a/12/b/{var}"],
  ["/geo/-122.41/37.7749", "/geo/{var}/37.7749"],
  ["/commit/8f3ac921/diff", "/commit/{var}/diff"],
  ["/feedbacc/facade", "/feedbacc/facade"],
  ["/report/2024-05-01", "/report/{var}"],
  ["/report/2024-05-01T10:00:00Z/x", "/report/{var}/x"],
  ["/mail/ann@example.com", "/mail/{var}"],
  ["/mail/ann%40example.com", "/mail/{var}"],
  ["/session/aZ3kQ9xPw2Lm8VtR7nYc", "/session/{var}"],
  ["/google.pubsub.v1.PublisherService/Publish", "/google.pubsub.v1.PublisherService/Publish"],
  ["/shop.Cart/GetEverythingThatIsInTheCart", "/shop.Cart/GetEverythingThatIsInTheCart"],
  ["/oauth2-authorization-server/.well-known", "/oauth2-authorization-server/.well-known"],
  ["/static/app-4f9d8a7b6c5e4d3f.js", "/static/{var}"],
  ["/", "/"],
  ["", ""],
  ["/a//b/", "/a//b/"],
  ["example.com:443", "example.com:443"],
  ["/%zz/%40", "/%zz/%40"],
] as const)("the text of %s tells that it is %s", ([path, template]) => {
  expect(plain.apply("GET", path)).toEqual({ path: template, isRule: false });
});

test("more segments than a path can sensibly have are one rest", () => {
  expect(plain.apply("GET", "/a".repeat(40)).path).toBe(`${"/a".repeat(32)}/{rest}`);
});

test("rules come first, in their order: for a method or for any, one segment per placeholder, anything after a star", () => {
  const rules = ["GET /users/{name}", "/files/*", "POST /users/{name}/{thing}"].map(parseRule);
  const apply = (method: string, path: string) => {
    const { path: template, isRule } = new PathTemplates(rules).apply(method, path);
    return isRule ? template : null;
  };
  expect(apply("GET", "/users/ann")).toBe("/users/{name}");
  expect(apply("POST", "/users/ann")).toBeNull();
  expect(apply("GET", "/users/")).toBeNull();
  expect(apply("GET", "/users/ann/x")).toBeNull();
  expect(apply("PUT", "/files/a/b/c")).toBe("/files/*");
  expect(apply("POST", "/users/ann/cart")).toBe("/users/{name}/{thing}");
});

test.for(["users", "get /users", "GET /a/*/b", "/a/{b}c", "/a/{}"])("%s is no rule, and the message says so", (text) => {
  expect(() => parseRule(text)).toThrow(`"${text}" is no rule`);
});

test("a position with too many different segments is folded, for its owner alone; few stay as they are", () => {
  const learned = new LearnedSegments(20, 1_000);
  for (let i = 0; i < 20; i++) expect(learned.apply("1 GET", `/shelves/s${i}/books`)).toBe(`/shelves/s${i}/books`);
  expect(learned.apply("1 GET", "/shelves/s20/books")).toBe("/shelves/{var}/books");
  expect(learned.apply("1 GET", "/shelves/s3/books")).toBe("/shelves/{var}/books");
  expect(learned.apply("2 GET", "/shelves/s20/books")).toBe("/shelves/s20/books");
  expect(learned.apply("1 GET", "/reviews/0")).toBe("/reviews/0");
});

test("100,000 paths of users and orders come to one name within the first thousand", () => {
  const random = mulberry32(5);
  const learned = new LearnedSegments(20, 1_000);
  const names = new Map<string, number>();
  for (let i = 0; i < 100_000; i++) {
    const id = `${(random() * 2 ** 32) >>> 0}`.padStart(12, "0");
    const path = `/users/3f2504e0-4f89-11d3-9a0c-${id}/orders/${Math.floor(random() * 100)}`;
    const name = learned.apply("1 GET", plain.apply("GET", path).path);
    if (!names.has(name)) names.set(name, i);
  }
  expect(names.size).toBeLessThanOrEqual(21);
  expect(Math.max(...names.values())).toBeLessThan(1_000);
});

test("positions are bounded: beyond the bound nothing is learned, and it is counted", () => {
  const learned = new LearnedSegments(20, 50);
  for (let i = 0; i < 1_000; i++) learned.apply(`${i} GET`, "/x/y");
  expect(learned.overflowed).toBeGreaterThan(900);
  expect(learned.apply("9999 GET", "/x/y")).toBe("/x/y");
});

import { expect, test } from "vitest";
import { loadConfig } from "../../../../oap/config/load.ts";
import { Question } from "../../../../query/mcp/question.ts";

test("what an answer lacks is said with it, once", async () => {
  const ask = async () => ({ data: { a: 1 }, extensions: { partial: "shard 2 is away" } });
  const options = { clock: { now: () => 0 }, retention: { minuteDays: 8, hourDays: 35 } } as never;
  const question = new Question({ options, ask, base: "http://127.0.0.1:12800" });
  expect(await question.ask("{ a }", {})).toEqual({ a: 1 });
  await question.ask("{ a }", {});
  expect(question.notes).toEqual(["Rows are missing at the moment: shard 2 is away"]);
});

test("the public address is an origin, or the start stops", () => {
  expect(loadConfig({ OAP_HTTP_PUBLIC_URL: "https://mesh.example:8443" })["http.publicUrl"]).toBe("https://mesh.example:8443");
  for (const bad of [
    "mesh.example",
    "ftp://mesh.example",
    "https://mesh.example/path",
    "https://a@mesh.example",
    "https://:80",
    "",
  ])
    expect(() => loadConfig({ OAP_HTTP_PUBLIC_URL: bad }), bad).toThrow("OAP_HTTP_PUBLIC_URL");
});

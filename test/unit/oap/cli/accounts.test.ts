/** The commands that make lines for http.users and http.tokens. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { accountOf } from "../../../../oap/cli/account.ts";
import { loadConfig } from "../../../../oap/config/load.ts";
import { accountsOf } from "../../../../query/access/accounts.ts";
import { isSecretOf, parseHash, type SecretHash } from "../../../../query/access/secret-hash.ts";

function run(command: string, args: readonly string[], input = "") {
  const path = fileURLToPath(new URL(`../../../../oap/cli/${command}.ts`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { input, encoding: "utf8" });
  return { status, stdout, stderr };
}

test("a password becomes a line that the settings take, another one each time, and that knows the password again", async () => {
  const { status, stdout, stderr } = run("hash-password", ["ann", "admin"], "correct horse, battery\n");
  expect([status, stderr]).toEqual([0, ""]);
  const line = stdout.trim();
  const { users } = accountsOf(loadConfig({ OAP_HTTP_USERS: line }));
  const ann = users.get("ann");
  expect(ann).toMatchObject({ role: "admin", hash: { ln: 15, r: 8, p: 3 } });
  expect(await isSecretOf("correct horse, battery", ann?.hash as SecretHash)).toBe(true);
  expect(await isSecretOf("correct horse, batter", ann?.hash as SecretHash)).toBe(false);
});

test("a token is printed with the line for its hash, and reads unless told otherwise", async () => {
  const { stdout } = run("new-token", ["grafana"]);
  const [, token = "", line = ""] = /^token: +(sidelight_[\w-]{43})\nhttp\.tokens: (.+)\n$/.exec(stdout) ?? [];
  const [grafana] = accountsOf(loadConfig({ OAP_HTTP_TOKENS: line })).tokens;
  expect(grafana).toMatchObject({ name: "grafana", role: "read" });
  expect(await isSecretOf(token, grafana?.hash as SecretHash)).toBe(true);
  expect(line).not.toContain(token);
});

test("a name or role that is none, a password on the command line and a short one are told", () => {
  const wrong = [[], ["a:b"], ["a b"], ["a,b"], ["a", "root"], ["a", "read", "a-password"]];
  for (const args of wrong) expect(() => accountOf(args, "new-token")).toThrow(/^usage: npm run -s new-token/);
  const { status, stdout, stderr } = run("hash-password", ["a"], "short\n");
  expect([status, stdout, stderr]).toEqual([1, "", "a password has at least 8 characters\n"]);
});

test("a hash that costs too little or too much is none", () => {
  const [salt, hash] = ["a".repeat(22), "b".repeat(43)];
  const costs = ["13.8.1", "19.8.1", "15.65.1", "99.1.1", "15.8.17", "15.0.1", "15.8.0"];
  expect(costs.map((cost) => parseHash(`scrypt.${cost}.${salt}.${hash}`))).toEqual(costs.map(() => null));
  expect(parseHash(`scrypt.17.8.1.${salt}.${hash}`)).toMatchObject({ ln: 17 });
  expect(parseHash(`bcrypt.15.8.1.${salt}.${hash}`)).toBeNull();
});

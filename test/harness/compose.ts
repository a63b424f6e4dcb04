/** docker-compose.yml, read as compose reads it, and its services started by hand with their own environment. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const ROOT = new URL("../../", import.meta.url);
export const FILES = new URL("oap/start/compose/", ROOT);
export const DOCKERFILE = readFileSync(new URL("oap/start/Dockerfile", ROOT), "utf8");
export const PASSWORD_VARIABLE = "SIDELIGHT_CLICKHOUSE_PASSWORD";

export interface ComposeService {
  readonly image: string;
  readonly profiles: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly user?: string;
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, null>>;
}

/** The file with `password` where it asks for one. Anchors and merges as compose resolves them. */
export function readCompose(password: string): Compose {
  const text = readFileSync(new URL("docker-compose.yml", ROOT), "utf8");
  const filled = text.replaceAll(/\$\{SIDELIGHT_CLICKHOUSE_PASSWORD:\?[^}]*\}/g, JSON.stringify(password));
  return parse(filled, { merge: true }) as Compose;
}

/** Names of the services of a profile. */
export function inProfile({ services }: Compose, profile: string): string[] {
  return Object.entries(services).flatMap(([name, { profiles }]) => (profiles.includes(profile) ? [name] : []));
}

/** `docker-compose config`: what it prints, and what it complains of. Null where there is none. */
export function composeConfig(environment: Record<string, string>): { status: number | null; out: string; error: string } | null {
  if (spawnSync("docker-compose", ["--version"]).error !== undefined) return null;
  const { [PASSWORD_VARIABLE]: _, ...env } = { ...process.env };
  const ran = spawnSync("docker-compose", ["config"], {
    cwd: fileURLToPath(ROOT),
    env: { ...env, ...environment },
    encoding: "utf8",
  });
  return { status: ran.status, out: ran.stdout, error: ran.stderr };
}

/** Says what a real Envoy thinks of one of the configurations. */
export function validated(envoy: string, name: string): string {
  const path = fileURLToPath(new URL(`${name}.yaml`, FILES));
  return execFileSync(envoy, ["--mode", "validate", "-c", path], { encoding: "utf8", stdio: "pipe" });
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Runs an Envoy with one of the configurations, its addresses being where their names lead here: `host:port` -> port on loopback. */
export function runEnvoy(envoy: string, name: string, places: Readonly<Record<string, number>>): { stop: () => Promise<void> } {
  const dir = mkdtempSync(join(tmpdir(), "sidelight-compose-"));
  const text = readFileSync(new URL(`${name}.yaml`, FILES), "utf8");
  const placed = text.replaceAll(/address: ([\w.-]+), port_value: (\d+)/g, (whole, host: string, port: string) => {
    const at = places[`${host}:${port}`];
    if (at === undefined) throw new Error(`nothing stands for ${whole}`);
    return `address: 127.0.0.1, port_value: ${at}`;
  });
  const config = join(dir, "envoy.yaml");
  writeFileSync(config, placed);
  const child = spawn(envoy, ["-c", config, "--disable-hot-restart", "--concurrency", "1", "--log-level", "error"], {
    stdio: "ignore",
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

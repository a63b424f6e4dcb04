/** Tells that a batch may have been closed, so that nobody has to look five times a second. Where the file system tells nothing, or
 *  not of what others write, a look now and then does. */
import { type FSWatcher, mkdirSync, readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** One file of many in a batch is one event: they are taken together. */
const SETTLE_MS = 20;

export class SpoolWatch {
  readonly #dir: string;
  readonly #watchers = new Map<string, FSWatcher>();
  #changed = false;
  #wake: () => void = () => {};

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Resolves once something changed since the last call, or after `withinMs`, or when `signal` is aborted. */
  async changed(withinMs: number, signal: AbortSignal): Promise<void> {
    this.#follow();
    if (!this.#changed) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      await sleep(withinMs, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => {});
      this.#wake = () => {};
    }
    if (this.#changed) await sleep(SETTLE_MS, undefined, { signal }).catch(() => {});
    this.#changed = false;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** The spool and its parts, one per ingest process: batches appear in them by being renamed. */
  #follow(): void {
    try {
      mkdirSync(this.#dir, { recursive: true });
      if (!this.#watchers.has(this.#dir)) this.#add(this.#dir);
      const entries = readdirSync(this.#dir, { withFileTypes: true });
      for (const entry of entries) {
        const path = join(this.#dir, entry.name);
        if (entry.isDirectory() && !this.#watchers.has(path)) this.#add(path);
      }
    } catch {
      // No inotify left, or a file system without it: `withinMs` is what remains.
    }
  }

  #add(path: string): void {
    const watcher = watch(path, { persistent: false }, () => {
      this.#changed = true;
      this.#wake();
    });
    watcher.on("error", () => {
      watcher.close();
      this.#watchers.delete(path);
    });
    this.#watchers.set(path, watcher);
  }
}

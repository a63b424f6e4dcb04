/** Asks, every few seconds, whether something is there. One that answers late keeps nobody from being asked again. */

const INTERVAL_MS = 5_000;
/** An answer may take as long as a connection that is not refused: a minute. */
const PENDING_MAX = 4;

export class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  readonly #ask: () => Promise<unknown>;
  readonly #onBeat: () => void;
  #pending = 0;

  /** Begins. `ask` resolves when it is there and throws when not; `onBeat` is called for each time it was. */
  constructor(ask: () => Promise<unknown>, onBeat: () => void, intervalMs = INTERVAL_MS) {
    this.#ask = ask;
    this.#onBeat = onBeat;
    this.#timer = setInterval(() => void this.#beat(), intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #beat(): Promise<void> {
    if (this.#pending >= PENDING_MAX) return;
    this.#pending++;
    try {
      await this.#ask();
      this.#onBeat();
    } catch {
      // not there
    } finally {
      this.#pending--;
    }
  }
}

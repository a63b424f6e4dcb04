/** How often an address may be wrong: so many times in a row, and one more for each part of a minute that passes. */

interface Failures {
  count: number;
  atMs: number;
}

/** Addresses remembered; when all of them were wrong lately, further ones share one count. */
const ADDRESSES_MAX = 10_000;
const MINUTE_MS = 60_000;
const OTHERS = "";

export class FailedLogins {
  readonly #perMinute: number;
  readonly #byAddress = new Map<string, Failures>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Seconds to wait before this address is listened to; 0: now, and the attempt counts as a failure until `forgive`. */
  attempt(address: string, nowMs: number): number {
    const failures = this.#of(networkOf(address), nowMs);
    const beyond = failures.count + 1 - this.#perMinute;
    if (beyond > 0) return Math.ceil((beyond * 60) / this.#perMinute);
    failures.count++;
    return 0;
  }

  /** The attempt was right. */
  forgive(address: string): void {
    const failures = this.#byAddress.get(networkOf(address)) ?? this.#byAddress.get(OTHERS);
    if (failures !== undefined) failures.count = Math.max(0, failures.count - 1);
  }

  #of(address: string, nowMs: number): Failures {
    const known = this.#byAddress.get(address);
    if (known !== undefined) {
      known.count = Math.max(0, known.count - (Math.max(0, nowMs - known.atMs) * this.#perMinute) / MINUTE_MS);
      known.atMs = nowMs;
      return known;
    }
    if (this.#byAddress.size >= ADDRESSES_MAX) this.#forget(nowMs);
    if (this.#byAddress.size >= ADDRESSES_MAX && address !== OTHERS) return this.#of(OTHERS, nowMs);
    const fresh = { count: 0, atMs: nowMs };
    this.#byAddress.set(address, fresh);
    return fresh;
  }

  /** All that was wrong at most a minute's worth, longer than a minute ago. */
  #forget(nowMs: number): void {
    for (const [address, { atMs }] of this.#byAddress) if (nowMs - atMs >= MINUTE_MS) this.#byAddress.delete(address);
  }
}

/** A home has 2^64 addresses of IPv6: they count as one. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address; // IPv4, or that within IPv6
  const [head = "", tail = ""] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => "0");
  return [...before, ...zeros, ...after].slice(0, 4).join(":");
}

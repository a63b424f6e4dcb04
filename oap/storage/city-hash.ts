/** ClickHouse's `cityHash64` of a string: CityHash64 as of its version 1.0.2, which later versions of CityHash no longer equal. What
 *  decides which shard a service's rows belong to, the same here and in SQL. About a microsecond per string: ask once per name. */

const MASK = (1n << 64n) - 1n;
const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;
const K3 = 0xc949d7c7509e6557n;
const MUL = 0x9ddfea08eb382d69n;

export function cityHash64(bytes: Buffer): bigint {
  const { length } = bytes;
  if (length <= 16) return upTo16(bytes);
  if (length <= 32) return upTo32(bytes);
  return length <= 64 ? upTo64(bytes) : longer(bytes);
}

const wrap = (value: bigint): bigint => value & MASK;
const rotate = (value: bigint, by: bigint): bigint => (by === 0n ? value : (value >> by) | wrap(value << (64n - by)));
const mix = (value: bigint): bigint => value ^ (value >> 47n);

function two(low: bigint, high: bigint): bigint {
  const a = mix(wrap((low ^ high) * MUL));
  return wrap(mix(wrap((high ^ a) * MUL)) * MUL);
}

function upTo16(s: Buffer): bigint {
  const length = BigInt(s.length);
  if (s.length > 8) {
    const a = s.readBigUInt64LE(0);
    const b = s.readBigUInt64LE(s.length - 8);
    return two(a, rotate(wrap(b + length), length)) ^ b;
  }
  if (s.length >= 4) return two(length + (BigInt(s.readUInt32LE(0)) << 3n), BigInt(s.readUInt32LE(s.length - 4)));
  if (s.length === 0) return K2;
  const y = BigInt(s[0] as number) + (BigInt(s[s.length >> 1] as number) << 8n);
  const z = length + (BigInt(s[s.length - 1] as number) << 2n);
  return wrap(mix(wrap(y * K2) ^ wrap(z * K3)) * K2);
}

function upTo32(s: Buffer): bigint {
  const length = BigInt(s.length);
  const a = wrap(s.readBigUInt64LE(0) * K1);
  const b = s.readBigUInt64LE(8);
  const c = wrap(s.readBigUInt64LE(s.length - 8) * K2);
  const d = wrap(s.readBigUInt64LE(s.length - 16) * K0);
  return two(wrap(rotate(wrap(a - b), 43n) + rotate(c, 30n) + d), wrap(a + rotate(b ^ K3, 20n) - c + length));
}

function upTo64(s: Buffer): bigint {
  const end = s.length;
  const head = half(s, 0, wrap(s.readBigUInt64LE(0) + (BigInt(end) + s.readBigUInt64LE(end - 16)) * K0));
  const tail = half(s, end - 32, wrap(s.readBigUInt64LE(16) + s.readBigUInt64LE(end - 32)));
  const r = mix(wrap((head[0] + tail[1]) * K2 + (tail[0] + head[1]) * K0));
  return wrap(mix(wrap(r * K0 + head[1])) * K2);
}

/** 32 bytes from `at`; the caller has put the first eight into `start`. */
function half(s: Buffer, at: number, start: bigint): [bigint, bigint] {
  const z = s.readBigUInt64LE(at + 24);
  const second = s.readBigUInt64LE(at + 8);
  const third = s.readBigUInt64LE(at + 16);
  const b = rotate(wrap(start + z), 52n);
  const first = wrap(start + second);
  const all = wrap(first + third);
  return [wrap(all + z), wrap(b + rotate(all, 31n) + rotate(start, 37n) + rotate(first, 7n))];
}

function weak(s: Buffer, at: number, a: bigint, b: bigint): [bigint, bigint] {
  const z = s.readBigUInt64LE(at + 24);
  const first = wrap(a + s.readBigUInt64LE(at));
  const turned = rotate(wrap(b + first + z), 21n);
  const sum = wrap(first + s.readBigUInt64LE(at + 8) + s.readBigUInt64LE(at + 16));
  return [wrap(sum + z), wrap(turned + rotate(sum, 44n) + first)];
}

function longer(s: Buffer): bigint {
  const end = s.length;
  let x = s.readBigUInt64LE(0);
  let y = s.readBigUInt64LE(end - 16) ^ K1;
  let z = s.readBigUInt64LE(end - 56) ^ K0;
  let v = weak(s, end - 64, BigInt(end), y);
  let w = weak(s, end - 32, wrap(BigInt(end) * K1), K0);
  z = wrap(z + mix(v[1]) * K1);
  x = wrap(rotate(wrap(z + x), 39n) * K1);
  y = wrap(rotate(y, 33n) * K1);
  const blocksEnd = (end - 1) & ~63;
  for (let at = 0; at < blocksEnd; at += 64) {
    x = wrap(rotate(wrap(x + y + v[0] + s.readBigUInt64LE(at + 16)), 37n) * K1) ^ w[1];
    y = wrap(rotate(wrap(y + v[1] + s.readBigUInt64LE(at + 48)), 42n) * K1) ^ v[0];
    z = rotate(z ^ w[0], 33n);
    v = weak(s, at, wrap(v[1] * K1), wrap(x + w[0]));
    w = weak(s, at + 32, wrap(z + w[1]), y);
    [z, x] = [x, z];
  }
  return two(wrap(two(v[0], w[0]) + mix(y) * K1 + z), wrap(two(v[1], w[1]) + x));
}

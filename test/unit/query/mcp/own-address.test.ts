import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { ownAddress } from "../../../../query/mcp/own-address.ts";

const asked = (headers: Record<string, string>, socket: object = {}): IncomingMessage =>
  ({ headers, socket: { localAddress: "10.1.2.3", localPort: 12_800, ...socket } }) as unknown as IncomingMessage;

test.each([
  ["127.0.0.1:12800", "http://127.0.0.1:12800"],
  ["localhost:8080", "http://localhost:8080"],
  ["[::1]:12800", "http://[::1]:12800"],
  ["10.1.2.3:80", "http://10.1.2.3"],
  // Nothing that somebody else may have chosen.
  ["evil.example", "http://10.1.2.3:12800"],
  ["6.6.6.6:12800", "http://10.1.2.3:12800"],
  ["localhost@evil.example", "http://10.1.2.3:12800"],
  ["localhost:1@evil.example", "http://10.1.2.3:12800"],
  ["localhost.evil.example", "http://10.1.2.3:12800"],
  ["localhost/../evil", "http://10.1.2.3:12800"],
  ["localhost#evil.example", "http://10.1.2.3:12800"],
  ["", "http://10.1.2.3:12800"],
])("with the Host %s links begin with %s", (host, base) => {
  expect(ownAddress(asked({ host, "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher" }), null)).toBe(base);
});

test("the public address wins over whatever was asked", () => {
  expect(ownAddress(asked({ host: "localhost:1" }), "https://mesh.example/")).toBe("https://mesh.example");
});

test("addresses of either family, mapped ones and TLS are told as URLs write them", () => {
  expect(ownAddress(asked({}, { localAddress: "::ffff:10.1.2.3" }), null)).toBe("http://10.1.2.3:12800");
  expect(ownAddress(asked({}, { localAddress: "fd00::7" }), null)).toBe("http://[fd00::7]:12800");
  expect(ownAddress(asked({ host: "[fd00::7]:443" }, { localAddress: "fd00::7", encrypted: true }), null)).toBe(
    "https://[fd00::7]",
  );
});

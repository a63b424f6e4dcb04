import { expect, test } from "vitest";
import {
  endpointId,
  instanceId,
  parseMemberId,
  parseServiceId,
  relationId,
  serviceGroup,
  serviceId,
} from "../../../../oap/model/entity.ts";
import { cutName } from "../../../../oap/model/name-limit.ts";

test("ids are those of the query protocol", () => {
  expect(serviceId("reviews.bookinfo")).toBe("cmV2aWV3cy5ib29raW5mbw==.1");
  expect(serviceId("User", false)).toBe("VXNlcg==.0");
  expect(serviceId("")).toBe("X2JsYW5r.1");
  expect(instanceId("a", "i")).toBe("YQ==.1_aQ==");
  expect(endpointId("reviews.bookinfo", "GET:/reviews/0")).toBe("cmV2aWV3cy5ib29raW5mbw==.1_R0VUOi9yZXZpZXdzLzA=");
  expect(relationId(serviceId("a"), serviceId("b"))).toBe("YQ==.1-Yg==.1");
});

test("ids are taken apart again, and what is no id is refused", () => {
  expect(parseServiceId(serviceId("größe.ns"))).toEqual({ service: "größe.ns", normal: true });
  expect(parseMemberId(endpointId("a", "GET:/x_y"))).toEqual({ service: "a", normal: true, name: "GET:/x_y" });
  for (const text of ["", ".1", "YQ==", "YQ==.2", "YQ.1", "YQ==.1.1", "!!.1"]) expect(parseServiceId(text)).toBeNull();
  for (const text of ["YQ==.1", "YQ==.1_", "_YQ==", "x_YQ=="]) expect(parseMemberId(text)).toBeNull();
});

test("a name with a group shows its short part", () => {
  expect(serviceGroup("e2e::reviews")).toEqual({ group: "e2e", shortName: "reviews" });
  expect(serviceGroup("::reviews")).toEqual({ group: "", shortName: "::reviews" });
  expect(serviceGroup("reviews")).toEqual({ group: "", shortName: "reviews" });
});

test("long names are cut at a character and stay distinct", () => {
  expect(cutName("short", 255)).toBe("short");
  expect(cutName("x".repeat(255), 255)).toBe("x".repeat(255));
  const one = cutName(`${"ü".repeat(200)}one`, 255);
  const two = cutName(`${"ü".repeat(200)}two`, 255);
  expect(one).toMatch(/^ü+~[0-9a-f]{6}$/);
  expect(Buffer.byteLength(one)).toBeLessThanOrEqual(255);
  expect(one).not.toBe(two);
});

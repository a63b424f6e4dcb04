import { expect, test } from "vitest";
import { serviceOfAuthority, serviceOfCluster } from "../../../receivers/envoy-als/destination.ts";

test.for<[string, string | null]>([
  ["outbound|9080|v1|reviews.bookinfo.svc.cluster.local", "reviews.bookinfo"],
  ["outbound|9080||reviews.bookinfo.svc.cluster.local", "reviews.bookinfo"],
  ["outbound|443||api.example.com", "api.example.com"],
  ["outbound_.9080_.v1_.reviews.bookinfo.svc.cluster.local", "reviews.bookinfo"],
  ["outbound_.9080_._.reviews.bookinfo.svc.cluster.local", "reviews.bookinfo"],
  ["inbound-vip|9080|http|reviews.bookinfo.svc.cluster.local", "reviews.bookinfo"],
  ["outbound|9080", null],
  ["inbound|9080||", null],
  ["PassthroughCluster", null],
  ["InboundPassthroughCluster", null],
  ["InboundPassthroughClusterIpv4", null],
  ["InboundPassthroughClusterIpv6", null],
  ["BlackHoleCluster", null],
  ["", null],
  ["cart", "cart"],
  ["cart.shop.svc", "cart.shop.svc"],
])("the upstream cluster %s stands for the service %s", ([cluster, service]) => {
  expect(serviceOfCluster(cluster)).toBe(service);
});

test.for<[string, string | null]>([
  ["reviews", "reviews.bookinfo"],
  ["reviews:9080", "reviews.bookinfo"],
  ["Reviews:9080", "reviews.bookinfo"],
  ["reviews.other", "reviews.other"],
  ["reviews.other.svc", "reviews.other"],
  ["reviews.other.svc.cluster.local:80", "reviews.other"],
  ["www.example.com", null],
  ["10.0.0.1", null],
  ["10.0.0.1:80", null],
  ["[fd00::1]:80", null],
  ["", null],
  [":80", null],
  ["reviews.", null],
  ["re views", null],
  ["*", null],
])("the authority %s names the service %s, seen from the namespace bookinfo", ([authority, service]) => {
  expect(serviceOfAuthority(authority, "bookinfo")).toBe(service);
});

test("a bare name means nothing where the namespace is not known", () => {
  expect(serviceOfAuthority("reviews", "")).toBeNull();
  expect(serviceOfAuthority("reviews.shop", "")).toBe("reviews.shop");
});

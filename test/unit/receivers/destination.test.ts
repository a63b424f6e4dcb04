import { expect, test } from "vitest";
import { WorkloadNames } from "../../../oap/analysis/names.ts";
import { SCHEMA } from "../../../oap/config/schema.ts";
import { type Destination, serviceOfAuthority, serviceOfCluster } from "../../../receivers/envoy-als/destination.ts";
import { Identity } from "../../../receivers/envoy-als/identity.ts";
import { WorkloadNaming } from "../../../receivers/envoy-als/workload.ts";
import { NAMES_LIMITS } from "../../builders/limits.ts";

/** A service of Kubernetes as `name in namespace`. */
function said(to: Destination | null): string | null {
  return to === null || typeof to === "string" ? to : `${to.name} in ${to.namespace}`;
}

test.for<[string, string | null]>([
  ["outbound|9080|v1|reviews.bookinfo.svc.cluster.local", "reviews in bookinfo"],
  ["outbound|9080||reviews.bookinfo.svc.cluster.local", "reviews in bookinfo"],
  ["outbound|443||api.example.com", "api.example.com"],
  ["outbound_.9080_.v1_.reviews.bookinfo.svc.cluster.local", "reviews in bookinfo"],
  ["outbound_.9080_._.reviews.bookinfo.svc.cluster.local", "reviews in bookinfo"],
  ["inbound-vip|9080|http|reviews.bookinfo.svc.cluster.local", "reviews in bookinfo"],
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
  expect(said(serviceOfCluster(cluster))).toBe(service);
});

test.for<[string, string | null]>([
  ["reviews", "reviews in bookinfo"],
  ["reviews:9080", "reviews in bookinfo"],
  ["Reviews:9080", "reviews in bookinfo"],
  ["reviews.other", "reviews in other"],
  ["reviews.other.svc", "reviews in other"],
  ["reviews.other.svc.cluster.local:80", "reviews in other"],
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
  expect(said(serviceOfAuthority(authority, "bookinfo"))).toBe(service);
});

test("a bare name means nothing where the namespace is not known", () => {
  expect(serviceOfAuthority("reviews", "")).toBeNull();
  expect(said(serviceOfAuthority("reviews.shop", ""))).toBe("reviews in shop");
});

test.for<[template: string, service: string]>([
  [SCHEMA["names.service"].default, "reviews.shop"],
  ["${NAMESPACE}/${WORKLOAD_NAME,SERVICE}", "shop/reviews"],
  ['${LABELS.app}@${NAMESPACE}.${CLUSTER_ID,"MESH_ID"}', "reviews@shop.east"],
  ["${LABELS.team}.${NAMESPACE}", "reviews.shop"],
])(
  "with names.service %s a service that only its cluster names is called %s, as its own proxies call it",
  ([template, service]) => {
    const names = new WorkloadNames(NAMES_LIMITS);
    const naming = new WorkloadNaming(names, {
      service: template,
      instance: "${NAME}",
      serviceMaxBytes: 255,
      instanceMaxBytes: 255,
    });
    const node = {
      id: "sidecar~10.0.0.1~cart-1.front~front.svc",
      cluster: "cart.front",
      metadata: { NAMESPACE: "front", CLUSTER_ID: "east" },
    };
    const identity = new Identity(node, naming);
    const cluster = Buffer.from("outbound|80||reviews.shop.svc.cluster.local");
    const authority = Buffer.from("reviews.shop:80");
    const called = [
      identity.destinationOfCluster(cluster, 0, cluster.length),
      identity.destinationOfAuthority(authority, 0, authority.length),
    ];
    expect(called.map((workload) => naming.describe(workload).service)).toEqual([service, service]);
  },
);

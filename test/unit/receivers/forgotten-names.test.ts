import { expect, test } from "vitest";
import { httpEntry, istioNode, message, peerOf, pod } from "../../builders/access-log.ts";
import { decoding } from "./harness.ts";

test("when all names were forgotten, streams and peers ask for theirs again", () => {
  const { names, rows, message: receive } = decoding();
  const common = {
    upstream_cluster: "inbound|80||",
    filter_state_objects: { downstream_peer: peerOf(pod("web", { namespace: "shop", pod: "web-1" })) },
  };
  const entry = httpEntry({ common, request: { path: "/cart" } });
  receive(message(istioNode(pod("cart", { namespace: "shop", pod: "cart-1" })), { http: [entry] }));
  names.forgetWorkloads();
  names.workload({ service: "somebody", instance: "else", attributes: {}, own: true });
  receive(message(null, { http: [entry] }));
  expect(rows).toHaveLength(2);
  expect(rows[1]).toEqual(rows[0]);
  expect(rows[1]).toMatchObject({ source: "web.shop", destination: "cart.shop", destinationInstance: "cart-1" });
});

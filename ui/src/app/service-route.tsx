import { ServiceFailures } from "../features/failures/service-failures.tsx";
import { ServicePage } from "../features/service/service-page.tsx";

/** The page of a service, with its failures. */
export function ServiceRoute() {
  return <ServicePage failures={({ id, name }) => <ServiceFailures id={id} name={name} />} />;
}

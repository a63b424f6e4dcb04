/** Why a question is not answered, in the words of Prometheus' API: the status and the type of an error follow from it. */
export type FaultType = "bad_data" | "execution" | "not_found";

/** `message` is for whoever asked. */
export class PromqlFault extends Error {
  readonly type: FaultType;

  constructor(message: string, type: FaultType = "bad_data") {
    super(message);
    this.type = type;
  }
}

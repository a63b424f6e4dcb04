import { startEmbeddedEngine } from "../harness/engines.ts";
import { storageSuite } from "./storage-suite.ts";

storageSuite(startEmbeddedEngine);

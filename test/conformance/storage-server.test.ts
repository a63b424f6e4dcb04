import { startServerEngine } from "../harness/engines.ts";
import { storageSuite } from "./storage-suite.ts";

storageSuite(startServerEngine);

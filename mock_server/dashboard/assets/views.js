// The views, in the order of their tabs. Each is a module with a name (of its address), a title, and `open`; one that is
// reached from another has no tab, and says `within` which it is.

import * as plans from "./plans.js";
import * as task from "./task.js";
import * as timeline from "./timeline.js";
import * as traffic from "./traffic.js";
import * as verdict from "./verdict.js";

export const VIEWS = [timeline, task, plans, traffic, verdict];

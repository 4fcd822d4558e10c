// What the server says to the operators' pages, under the names the pages use. They come from schema.d.ts, which
// `cargo xtask api` makes of the server's own description. Types only.

import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type AdminDomain = Schemas["AdminDomain"];
export type AdminOperator = Schemas["AdminOperator"];
export type AdminSession = Schemas["AdminSession"];
export type ApiKey = Schemas["ApiKey"];
export type AuditEntry = Schemas["AuditEntry"];
export type Availability = Schemas["Availability"];
export type CannedReply = Schemas["CannedReply"];
export type ChannelHealth = Schemas["MonitorChannel"];
export type Checks = Schemas["Checks"];
/** What the page says to the live socket. */
export type ClientFrame = Schemas["InboxClientFrame"];
export type Delivery = Schemas["Delivery"];
export type Detail = Schemas["Detail"];
export type Earlier = Schemas["Earlier"];
export type Filter = "open" | "unassigned" | "mine" | "closed" | "all";
export type Found = Schemas["HistoryEntry"];
export type InboxAuthor = Schemas["InboxAuthor"];
export type InboxBatch = Schemas["InboxBatch"];
export type InboxDomain = Schemas["InboxDomain"];
export type InboxEvent = Schemas["InboxEvent"];
export type InboxMessage = Schemas["InboxMessage"];
export type Me = Schemas["Me"];
/** How one operator keeps a domain online. */
export type Monitor = Schemas["Monitor"];
export type Monitoring = Schemas["Monitoring"];
export type OperatorBrief = Schemas["OperatorBrief"];
export type Role = Schemas["Role"];
/** What the live socket says. */
export type ServerFrame = Schemas["InboxServerFrame"];
export type Summary = Schemas["Summary"];
export type Thread = Schemas["Thread"];
export type Times = Schemas["MonitorTimes"];
export type VisitorBrief = Schemas["VisitorBrief"];
export type VisitorDetail = Schemas["VisitorDetail"];

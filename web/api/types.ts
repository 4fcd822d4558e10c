// The widget API's shapes under the names that the widget uses. They come from schema.d.ts, which `cargo xtask api` makes
// of the server's own OpenAPI description. Types only: no calls, no logic.

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Author = Schemas["Author"];
export type Batch = Schemas["Batch"];
export type Block = Schemas["Block"];
export type ClientFrame = Schemas["ClientFrame"];
export type Conversation = Schemas["Conversation"];
export type Event = Schemas["Event"];
export type FormRequest = Schemas["FormRequest"];
export type Inline = Schemas["Inline"];
export type Message = Schemas["Message"];
export type MessageRequest = Schemas["MessageRequest"];
export type Page = Schemas["PageRequest"];
export type Posted = Schemas["Posted"];
export type Presence = Schemas["Presence"];
/** The widget makes problems of its own where no answer came, and those have no request id. */
export type Problem = Omit<Schemas["Problem"], "request_id"> & { request_id?: string };
export type RatingRequest = Schemas["RatingRequest"];
export type ServerFrame = Schemas["ServerFrame"];
export type Session = Schemas["Session"];
export type SessionDomain = Schemas["SessionDomain"];
export type SessionRequest = Schemas["SessionRequest"];
export type SessionVisitor = Schemas["WidgetVisitor"];
export type Asked = Schemas["Asked"];
export type VisitorRequest = Schemas["VisitorRequest"];

// Names that the build puts in place: absolute paths with a hash in them, on the server that the loader came from.

declare const __LAUNCHER_PATH__: string;
/** What the launcher fetches when the chat is first opened. */
declare const __PANEL_PATH__: string;
/** The strings of each language. */
declare const __TEXT_PATHS__: Record<string, string>;

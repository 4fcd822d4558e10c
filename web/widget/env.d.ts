// Names that the build puts in place.

/** Where the panel's script is, on the server that the loader came from: an absolute path with a hash in it. */
declare const __PANEL_PATH__: string;

// A list from the server that a part of the page shows: asked for when the part is opened, and again when told.

import { useEffect, useState } from "preact/hooks";
import { reason } from "../kit/api";

export interface Loaded<T> {
  value: T | null;
  failed: string | null;
  again: () => void;
  set: (change: (before: T) => T) => void;
}

export function useLoaded<T>(ask: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let here = true;
    setFailed(null);
    ask().then(
      (answer) => here && setValue(answer),
      (error: unknown) => here && setFailed(reason(error)),
    );
    return () => {
      here = false;
    };
  }, [asked]);
  return {
    value,
    failed,
    again: () => setAsked((before) => before + 1),
    set: (change) => {
      setValue((before) => (before === null ? null : change(before)));
      // An answer that is still under way may be from before the change.
      setAsked((before) => before + 1);
    },
  };
}

// The messages, oldest first, and staying at the newest one while the visitor is there.

import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { regional } from "../../texts/index";
import type { Author, SessionDomain } from "../../api/types";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import type { State } from "../store/state";
import type { Entry } from "../store/view";
import { Bubble } from "./Bubble";
import { team } from "./Header";
import { DownIcon } from "./icons";
import { Picture } from "./Picture";

/** This close to the end counts as at the end. */
const AT_END_PX = 60;

interface Props {
  chat: Chat;
  state: State;
  list: Entry[];
  /** The visitor's last message, and whether it was seen. */
  own: { key: string; seen: boolean } | null;
  wanted: SessionDomain | null;
  t: Translator;
  origin: string;
  open: boolean;
}

export function Log({ chat, state, list, own, wanted, t, origin, open }: Props): VNode {
  const box = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  const [away, setAway] = useState(false);
  const lastKey = list.at(-1)?.key;
  const ownLast = state.pending.at(-1)?.client_key;

  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  // One's own message is always shown.
  useLayoutEffect(() => {
    stick.current = true;
    toEnd();
  }, [ownLast, open]);
  useLayoutEffect(() => {
    if (stick.current) toEnd();
  }, [lastKey, list.length, state.typing]);
  // The composer grows and pictures load: the end stays in sight.
  useEffect(() => {
    const watch = new ResizeObserver(() => stick.current && toEnd());
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, []);

  const scrolled = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    stick.current = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    setAway(!stick.current);
  };
  return (
    <div class="middle">
      <div ref={box} class="scroll" tabIndex={0} role="region" aria-label={t("log.label")} onScroll={scrolled}>
        {list.length === 0 && state.presence !== null && (
          <Welcome online={state.presence.online} wanted={wanted} t={t} origin={origin} />
        )}
        <div role="log" aria-live="polite" aria-label={t("log.label")}>
          <ol class="log">
            {list.map((entry) => (
              <Row key={entry.key} entry={entry} mark={entry.key === own?.key ? (own.seen ? "seen" : "sent") : null} chat={chat} t={t} origin={origin} />
            ))}
          </ol>
        </div>
        {/* Seen and found, but not read out: said at every pause of somebody who thinks, it would drown what they write. */}
        {state.typing && <Typing author={state.typing} t={t} origin={origin} />}
      </div>
      {away && (
        <button
          type="button"
          class="latest"
          aria-label={t("log.latest")}
          onClick={() => {
            stick.current = true;
            toEnd();
          }}
        >
          <DownIcon />
        </button>
      )}
    </div>
  );
}

function Row(props: { entry: Entry; mark: "sent" | "seen" | null; chat: Chat; t: Translator; origin: string }): VNode {
  const { entry, t } = props;
  switch (entry.type) {
    case "day":
      return <li class="line">{dayName(entry.at, t)}</li>;
    case "conversation":
      return <li class="line">{t("log.earlier")}</li>;
    case "message":
      return <Bubble {...props} entry={entry} />;
  }
}

function Typing({ author, t, origin }: { author: Author; t: Translator; origin: string }): VNode {
  return (
    <p class="typing">
      <Picture author={author} origin={origin} />
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span class="spoken">{author.name ? t("typing.named", { name: author.name }) : t("typing.unnamed")}</span>
    </p>
  );
}

interface WelcomeProps {
  online: boolean;
  wanted: SessionDomain | null;
  t: Translator;
  origin: string;
}

function Welcome({ online, wanted, t, origin }: WelcomeProps): VNode {
  const faces = team(wanted);
  const hello = online && wanted?.greeting ? wanted.greeting : t(online ? "log.welcome.online" : "log.welcome.offline");
  return (
    <div class="welcome">
      {faces.length > 0 && (
        <ul class="team" aria-label={t("panel.team")}>
          {faces.map((face) => (
            <li key={face.name}>
              <Picture author={face} origin={origin} />
              <span dir="auto">{face.name}</span>
            </li>
          ))}
        </ul>
      )}
      <p class="hello" dir="auto">
        {hello}
      </p>
      <p>{t(online ? "log.welcome.online.more" : "log.welcome.offline.more")}</p>
    </div>
  );
}

function dayName(at: string, t: Translator): string {
  const date = new Date(at);
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return t("day.today");
  if (date.toDateString() === yesterday.toDateString()) return t("day.yesterday");
  return new Intl.DateTimeFormat(regional(t.language), { dateStyle: "long" }).format(date);
}

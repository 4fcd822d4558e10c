// How the conversation was: one to five stars and a word about it, after it was closed.

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Conversation } from "../../api/types";
import type { Chat } from "../chat";
import type { Translator } from "../i18n";
import { StarIcon } from "./icons";

const STARS = [1, 2, 3, 4, 5] as const;
const MOST = 1_000;

export function Rating({ chat, conversation, t }: { chat: Chat; conversation: Conversation; t: Translator }): VNode {
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState("");
  const [step, setStep] = useState<"asking" | "sending" | "failed">("asking");
  if (conversation.rating) {
    return (
      <p class="rated" role="status">
        {t("rating.thanks")} <span class="spoken">{t.count("rating.stars", conversation.rating.stars)}</span>
        <span class="stars" aria-hidden="true">
          {STARS.map((star) => (
            <StarIcon key={star} full={star <= (conversation.rating?.stars ?? 0)} />
          ))}
        </span>
      </p>
    );
  }
  const send = async () => {
    setStep("sending");
    if (!(await chat.rate(conversation.id, stars, comment))) setStep("failed");
  };
  return (
    <form
      class="rating"
      onSubmit={(event) => {
        event.preventDefault();
        if (stars > 0 && step !== "sending") void send();
      }}
    >
      <fieldset>
        <legend>{t("rating.question")}</legend>
        <div class="stars">
          {STARS.map((star) => (
            <label key={star} class={star <= stars ? "full" : ""}>
              <input type="radio" name="stars" value={star} checked={star === stars} onChange={() => setStars(star)} />
              <span class="spoken">{t.count("rating.stars", star)}</span>
              <StarIcon full={star <= stars} />
            </label>
          ))}
        </div>
      </fieldset>
      {stars > 0 && (
        <>
          <textarea
            rows={2}
            dir={comment === "" ? t.direction : "auto"}
            maxLength={MOST}
            value={comment}
            placeholder={t("rating.comment")}
            aria-label={t("rating.comment")}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
          <button type="submit" class="quiet" disabled={step === "sending"}>
            {t("rating.send")}
          </button>
        </>
      )}
      <p class="wrong" role="status">
        {step === "failed" ? t("rating.failed") : ""}
      </p>
    </form>
  );
}

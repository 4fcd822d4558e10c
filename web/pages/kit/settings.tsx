// What a person chooses for this browser: colours, language, shortcuts, sound, notifications.

import { effect } from "@preact/signals";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { LANGUAGES, NAMES } from "../../texts/index";
import { Dialog } from "./dialog";
import { speak, t, wantedLanguages } from "./i18n";
import { prefs, type Theme } from "./prefs";
import { Choice, Field, Notice, Tick } from "./ui";

effect(() => {
  // Also when another tab has chosen; the start of the page has spoken already, then this asks for the same file.
  if (prefs.language.value !== null) void speak(wantedLanguages());
});

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function SettingsDialog({ onClose }: { onClose: () => void }): VNode {
  return (
    <Dialog title={t("settings.title")} onClose={onClose} size="small">
      <p class="told">{t("settings.here")}</p>
      <Choice
        label={t("settings.theme")}
        value={prefs.theme.value}
        options={THEMES.map((value) => ({ value, label: t(`settings.theme.${value}`) }))}
        onChange={(value) => (prefs.theme.value = value)}
      />
      <Field label={t("settings.language")}>
        {(props) => (
          <select
            {...props}
            value={prefs.language.value ?? ""}
            onChange={(event) => {
              prefs.language.value = event.currentTarget.value || null;
              void speak(wantedLanguages());
            }}
          >
            <option value="">{t("settings.language.browser")}</option>
            {LANGUAGES.map((tag) => (
              <option key={tag} value={tag} lang={tag}>
                {NAMES[tag]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Tick
        label={t("settings.letters")}
        hint={t("settings.letters.more")}
        checked={prefs.letters.value}
        onChange={(wanted) => (prefs.letters.value = wanted)}
      />
      <Tick
        label={t("settings.sound")}
        hint={t("settings.sound.more")}
        checked={prefs.sound.value}
        onChange={(wanted) => (prefs.sound.value = wanted)}
      />
      <Notifications />
    </Dialog>
  );
}

/** Asks the browser when it is wanted, never before. */
function Notifications(): VNode {
  const [denied, setDenied] = useState(false);
  const able = "Notification" in window;
  const change = async (wanted: boolean) => {
    if (!wanted) {
      prefs.notifications.value = false;
      return;
    }
    const answer = await Notification.requestPermission();
    prefs.notifications.value = answer === "granted";
    setDenied(answer !== "granted");
  };
  return (
    <>
      <Tick
        label={t("settings.notifications")}
        hint={t(able ? "settings.notifications.more" : "settings.notifications.unable")}
        checked={able && prefs.notifications.value && Notification.permission === "granted"}
        disabled={!able}
        onChange={(wanted) => void change(wanted)}
      />
      {denied && (
        <Notice look="warn" icon="alert" role="alert">
          {t("settings.notifications.denied")}
        </Notice>
      )}
    </>
  );
}

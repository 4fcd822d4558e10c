// The history page: every conversation there ever was, searched and read.

import "../timeline/timeline.css";
import "./history.css";
import type { VNode } from "preact";
import { t } from "../kit/i18n";
import { mount } from "../kit/page";
import { Filters } from "./Filters";
import { Reader } from "./Reader";
import { Results } from "./Results";
import { close, follow, opened } from "./search";

function History(): VNode {
  return (
    <div class="history">
      <h1>{t("nav.history")}</h1>
      <Filters />
      <Results />
      {opened.value !== null && <Reader id={opened.value} onClose={close} />}
    </div>
  );
}

follow();
void mount("history", History);

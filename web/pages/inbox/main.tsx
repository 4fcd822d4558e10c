// The inbox page's entry.

import { mount } from "../kit/page";
import { InboxPage } from "./Page";
import "../timeline/timeline.css";
import "./styles/inbox.css";
import "./styles/list.css";
import "./styles/conversation.css";

void mount("inbox", InboxPage);

// A message's text as nodes. Everything becomes text nodes and a handful of known elements: no HTML is ever parsed.

import type { ComponentChildren, VNode } from "preact";
import type { Block, Inline, Message } from "../../api/types";
import { disguise, isDirect, linkify, safeUrl } from "./linkify";

/** Deeper than any person writes; deeper ones are flattened instead of filling the stack. */
const DEEPEST = 12;

export function Text({ message }: { message: Pick<Message, "body" | "rich"> }): VNode {
  const content = message.rich === null ? <Plain text={message.body} /> : blocks(message.rich, 0);
  return (
    <div class="text" dir="auto">
      {content}
    </div>
  );
}

export function Plain({ text }: { text: string }): VNode {
  return (
    <p class="typed">
      {linkify(text).map((piece) => (piece.type === "link" ? <Link url={piece.url}>{piece.text}</Link> : piece.text))}
    </p>
  );
}

function Link({ url, children }: { url: string; children: ComponentChildren }): VNode {
  // A mail or telephone program opens beside the page by itself; a new tab would stay behind empty.
  return (
    <a href={url} title={url} {...(isDirect(new URL(url)) ? {} : { target: "_blank" })} rel="noopener noreferrer nofollow ugc">
      {children}
    </a>
  );
}

function blocks(list: readonly Block[], depth: number): ComponentChildren {
  return list.map((block) => {
    switch (block.type) {
      case "paragraph":
        return <p>{inlines(block.children, depth)}</p>;
      case "quote":
        return depth < DEEPEST ? <blockquote>{blocks(block.children, depth + 1)}</blockquote> : null;
      case "code":
        return (
          <pre dir="ltr">
            <code>{block.text}</code>
          </pre>
        );
      case "list": {
        const items = block.items.map((item) => <li>{inlines(item, depth)}</li>);
        return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
      }
      default:
        // A newer server's block: nothing that we could show safely.
        return null;
    }
  });
}

function inlines(list: readonly Inline[], depth: number): ComponentChildren {
  if (depth > DEEPEST) return plain(list);
  return list.map((inline) => {
    switch (inline.type) {
      case "text":
        return inline.text;
      case "bold":
        return <strong>{inlines(inline.children, depth + 1)}</strong>;
      case "italic":
        return <em>{inlines(inline.children, depth + 1)}</em>;
      case "strike":
        return <s>{inlines(inline.children, depth + 1)}</s>;
      case "code":
        return <code>{inline.text}</code>;
      case "link":
        return link(inline.url, inline.children, depth);
      case "break":
        return <br />;
      default:
        return null;
    }
  });
}

function link(address: string, children: readonly Inline[], depth: number): ComponentChildren {
  const url = safeUrl(address);
  const text = plain(children);
  // What can't be followed safely is shown for what it is.
  if (url === null) return text === address ? text : `${text} (${address})`;
  const host = disguise(text, url);
  return (
    <>
      <Link url={url}>{text.trim() === "" ? (host ?? url) : inlines(children, depth + 1)}</Link>
      {host !== null && text.trim() !== "" && <span class="host"> ({host})</span>}
    </>
  );
}

/** The words alone. */
function plain(list: readonly Inline[]): string {
  let text = "";
  const waiting = [...list];
  for (let inline = waiting.shift(); inline; inline = waiting.shift()) {
    if (inline.type === "text" || inline.type === "code") text += inline.text;
    else if (inline.type === "break") text += "\n";
    else waiting.unshift(...inline.children);
  }
  return text;
}

//! Cuts a long message into parts that a platform takes.
//!
//! What lives here: [`split`]. What must not: any platform's limit; the caller brings it.

use crate::body::{Block, Body, Inline};

/// Cuts `body` into parts of at most `longest` characters of plain text each, at block boundaries where it can, then at
/// line breaks, then at spaces, and only then within a word. Code stays code in every part that it spans. Nothing is
/// lost: the parts' words, in order, are the body's words. A blank body has one blank part.
#[must_use]
pub fn split(body: &Body, longest: usize) -> Vec<Body> {
    let longest = longest.max(1);
    let mut parts = Vec::new();
    let mut current = Body::default();
    for block in &body.blocks {
        for piece in cut_block(block, longest) {
            let mut joined = current.clone();
            joined.blocks.push(piece.clone());
            if joined.char_len() <= longest {
                current = joined;
            } else {
                if !current.blocks.is_empty() {
                    parts.push(std::mem::take(&mut current));
                }
                current.blocks.push(piece);
            }
        }
    }
    if !current.blocks.is_empty() || parts.is_empty() {
        parts.push(current);
    }
    parts
}

fn block_len(block: &Block) -> usize {
    Body { blocks: vec![block.clone()] }.char_len()
}

/// Cuts one block into blocks of the same kind, each short enough.
fn cut_block(block: &Block, longest: usize) -> Vec<Block> {
    if block_len(block) <= longest {
        return vec![block.clone()];
    }
    match block {
        Block::Paragraph { children } => {
            cut_inlines(children, longest).into_iter().map(|children| Block::Paragraph { children }).collect()
        }
        // A quote's lines each begin with "> ": two characters that the budget must hold.
        Block::Quote { children } => {
            let inner = Body { blocks: children.clone() };
            let budget = (longest / 2).max(1);
            split(&inner, budget).into_iter().map(|part| Block::Quote { children: part.blocks }).collect()
        }
        Block::Code { text } => cut_text(text, longest)
            .into_iter()
            .map(|text| Block::Code { text: text.trim_end_matches('\n').to_owned() })
            .collect(),
        Block::List { ordered, items } => {
            let budget = longest.saturating_sub(12).max(1);
            let mut lists: Vec<Block> = Vec::new();
            for item in items {
                for piece in cut_inlines(item, budget) {
                    let grown = match lists.last() {
                        Some(Block::List { items, .. }) => {
                            let mut items = items.clone();
                            items.push(piece.clone());
                            Some(Block::List { ordered: *ordered, items })
                        }
                        _ => None,
                    };
                    match grown {
                        Some(list) if block_len(&list) <= longest => {
                            if let Some(last) = lists.last_mut() {
                                *last = list;
                            }
                        }
                        _ => lists.push(Block::List { ordered: *ordered, items: vec![piece] }),
                    }
                }
            }
            lists
        }
    }
}

fn inline_len(inline: &Inline) -> usize {
    Body { blocks: vec![Block::Paragraph { children: vec![inline.clone()] }] }.char_len()
}

/// A line break at which running text can be cut.
#[derive(Clone, Copy)]
struct Seam {
    /// Its index in the run.
    at: usize,
    /// How much of the run stands before it.
    used: usize,
    /// How good a place it is: 2 between paragraphs, 1 between lines, 0 within a code fence.
    quality: u8,
}

/// The best seam that leaves no part less than half full; else the last one.
fn best_seam(seams: &[Seam], longest: usize) -> Option<Seam> {
    let roomy = seams.iter().filter(|seam| seam.used * 2 >= longest);
    roomy.max_by_key(|seam| (seam.quality, seam.at)).or_else(|| seams.last()).copied()
}

/// Whether a piece begins or ends a code fence in text that nobody has parsed (a visitor's).
fn is_fence(inline: &Inline) -> bool {
    matches!(inline, Inline::Text { text } if text.trim_start().starts_with("```"))
}

/// Cuts running text into runs, each short enough; prefers to cut between paragraphs, then at a line break outside a code
/// fence, then at any line break, then after a space.
fn cut_inlines(inlines: &[Inline], longest: usize) -> Vec<Vec<Inline>> {
    let mut runs: Vec<Vec<Inline>> = Vec::new();
    let mut run: Vec<Inline> = Vec::new();
    let mut used = 0;
    let mut seams: Vec<Seam> = Vec::new();
    let mut fenced = false;
    for inline in inlines.iter().flat_map(|inline| cut_inline(inline, longest)) {
        let length = inline_len(&inline);
        if used + length > longest && !run.is_empty() {
            // What follows the last line break moves on, so that a line stays whole.
            let tail = match best_seam(&seams, longest) {
                Some(seam) if seam.at + 1 < run.len() => run.split_off(seam.at + 1),
                _ => Vec::new(),
            };
            push_run(&mut runs, std::mem::replace(&mut run, tail));
            used = run.iter().map(inline_len).sum();
            seams.clear();
            if used + length > longest && !run.is_empty() {
                push_run(&mut runs, std::mem::take(&mut run));
                used = 0;
            }
        }
        if matches!(inline, Inline::Break) {
            let blank_line = matches!(run.last(), None | Some(Inline::Break));
            let quality = if fenced { 0 } else { 1 + u8::from(blank_line) };
            seams.push(Seam { at: run.len(), used, quality });
        }
        fenced ^= is_fence(&inline);
        used += length;
        run.push(inline);
    }
    push_run(&mut runs, run);
    runs
}

/// Keeps a run without the line breaks at its ends: the cut itself is the break.
fn push_run(runs: &mut Vec<Vec<Inline>>, mut run: Vec<Inline>) {
    while matches!(run.last(), Some(Inline::Break)) {
        run.pop();
    }
    let leading = run.iter().take_while(|inline| matches!(inline, Inline::Break)).count();
    run.drain(..leading);
    if !run.is_empty() {
        runs.push(run);
    }
}

fn cut_inline(inline: &Inline, longest: usize) -> Vec<Inline> {
    if inline_len(inline) <= longest {
        return vec![inline.clone()];
    }
    let each = |children: &[Inline], make: fn(Vec<Inline>) -> Inline| -> Vec<Inline> {
        cut_inlines(children, longest).into_iter().map(make).collect()
    };
    match inline {
        Inline::Text { text } => cut_text(text, longest).into_iter().map(|text| Inline::Text { text }).collect(),
        Inline::Code { text } => cut_text(text, longest).into_iter().map(|text| Inline::Code { text }).collect(),
        Inline::Bold { children } => each(children, |children| Inline::Bold { children }),
        Inline::Italic { children } => each(children, |children| Inline::Italic { children }),
        Inline::Strike { children } => each(children, |children| Inline::Strike { children }),
        // A link that is too long to stand in one part becomes the text that it would show.
        Inline::Link { .. } => {
            let shown = Body { blocks: vec![Block::Paragraph { children: vec![inline.clone()] }] }.to_plain();
            cut_text(&shown, longest).into_iter().map(|text| Inline::Text { text }).collect()
        }
        Inline::Mention { .. } | Inline::Break => vec![inline.clone()],
    }
}

/// Cuts text into pieces of at most `longest` characters: after the last line break or space of a piece, if there is
/// one in its second half.
fn cut_text(text: &str, longest: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest: Vec<char> = text.chars().collect();
    while rest.len() > longest {
        let window = &rest[..longest];
        let after =
            |wanted: fn(&char) -> bool| window.iter().rposition(wanted).map(|at| at + 1).filter(|at| *at > longest / 2);
        let at = after(|c| *c == '\n').or_else(|| after(|c| c.is_whitespace())).unwrap_or(longest);
        let tail = rest.split_off(at);
        pieces.push(rest.into_iter().collect());
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(rest.into_iter().collect());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(body: &Body) -> String {
        body.to_plain().chars().filter(|c| !c.is_whitespace()).collect()
    }

    #[test]
    fn a_short_message_stays_whole() {
        let body = Body::plain("hello\nthere");
        assert_eq!(split(&body, 100), vec![body]);
    }

    #[test]
    fn lines_stay_whole_where_they_can() {
        let parts = split(&Body::plain("first line\nsecond line\nthird line"), 24);
        let texts: Vec<String> = parts.iter().map(Body::to_plain).collect();
        assert_eq!(texts, ["first line\nsecond line", "third line"]);
    }

    #[test]
    fn a_visitors_paragraphs_and_fences_stay_whole_where_they_can() {
        let text = "one one one\n\ntwo two\ntwo two\ntwo two";
        let texts =
            |text: &str, longest| split(&Body::plain(text), longest).iter().map(Body::to_plain).collect::<Vec<_>>();
        assert_eq!(texts(text, 24), ["one one one", "two two\ntwo two\ntwo two"]);
        let text = "look at this\n```\nlet a = 1;\nlet b = 2;\n```\nthanks";
        assert_eq!(
            texts(text, 40),
            ["look at this\n```\nlet a = 1;\nlet b = 2;", "```\nthanks"],
            "no room for all of it"
        );
        assert_eq!(
            texts(&format!("hello there you\n{text}"), 45),
            ["hello there you\nlook at this", "```\nlet a = 1;\nlet b = 2;\n```\nthanks"]
        );
    }

    #[test]
    fn code_stays_code_in_every_part() {
        let body = Body { blocks: vec![Block::Code { text: "let a = 1;\nlet b = 2;\nlet c = 3;".into() }] };
        let parts = split(&body, 22);
        assert_eq!(parts.len(), 2);
        assert!(parts.iter().all(|part| matches!(part.blocks.as_slice(), [Block::Code { .. }])));
        assert_eq!(parts[0].to_plain(), "let a = 1;\nlet b = 2;");
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_part_is_too_long(text in "[a-zé \n]{0,400}", longest in 10_usize..60, code: bool) {
            let body = if code {
                Body { blocks: vec![Block::Code { text: text.clone() }, Block::Paragraph { children: vec![Inline::Bold { children: vec![Inline::text(text.replace('\n', " "))] }] }] }
            } else {
                Body::plain(&text)
            };
            let parts = split(&body, longest);
            prop_assert!(!parts.is_empty());
            for part in &parts {
                prop_assert!(part.char_len() <= longest, "{:?}", part);
            }
            let joined: String = parts.iter().map(words).collect();
            prop_assert_eq!(joined, words(&body));
        }
    }
}

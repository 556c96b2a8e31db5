//! For any bytes and any texts: nothing acts, nothing poses, nothing is left out.

use crate::{
    cards::card,
    reading::{assert_sound, is_foreign},
};
use proptest::prelude::*;
use pyexec_approval::CardView;
use pyexec_core::{Grant, Principal, card::Author};

/// Code as an adversary writes it: the characters that matter, often.
fn code() -> impl Strategy<Value = Vec<u8>> {
    let tricks = prop::sample::select(vec![
        "\r",
        "\n",
        "\r\n",
        "\t",
        " ",
        "          ",
        "\u{c}",
        "\u{b}",
        "\u{85}",
        "\u{2028}",
        "\u{1b}[2J",
        "\u{9b}",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{200d}",
        "\u{feff}",
        "\u{e0041}",
        "\u{fe0f}",
        "\u{301}",
        "\u{34f}",
        "\u{1161}",
        "⟨",
        "⟩",
        "⇥",
        "⟨U+0041⟩",
        "│ ",
        "┆ ",
        "а",
        "𝐨",
        "ﬁ",
        "σ",
        "µ",
        "数",
        "א",
        "١",
        "é",
        "ß",
        "⸻",
        "👍🏽",
        "a",
        "b_",
        "1",
        "#",
        "'",
        "\\",
        "⟨3 spaces⟩",
        "THE CODE\n",
        "END OF THE REQUEST\n",
    ]);
    let piece = prop_oneof![
        6 => tricks.prop_map(|trick| trick.as_bytes().to_vec()),
        1 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
        1 => (1_usize..120).prop_map(|n| vec![b' '; n]),
        1 => (1_usize..30).prop_map(|n| vec![b'\n'; n]),
        1 => (1_usize..200).prop_map(|n| vec![b'x'; n]),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn any_code_is_shown_whole_and_harmless(code in code(), width in 0_usize..210) {
        let text = CardView::of(&card(code.as_slice())).to_text(width);
        assert_sound(&text, width, &code);
    }

    #[test]
    fn no_text_changes_the_cards_own_words(
        texts in prop::collection::vec(any::<String>(), 8),
        width in 0_usize..210,
    ) {
        let code = "import os\nos.remove('x')\n";
        let [task, summary, reason, message, path, requester, generator, evidence] = texts.try_into().unwrap();
        let mut hostile = card(code);
        (hostile.task, hostile.summary, hostile.reasons) = (task, summary, vec![reason]);
        (hostile.requester, hostile.author) = (Principal(requester), Author::Generator(generator));
        hostile.findings[0].message = message;
        hostile.findings[0].evidence = Some(evidence);
        hostile.grants = vec![Grant::Output { path: path.into(), dev: 1, inode: 2 }];
        let mut view = CardView::of(&hostile);
        assert_sound(&view.to_text(width), width, code.as_bytes());
        view.warnings.clear();
        let mut plain = CardView::of(&card(code));
        plain.warnings.clear();
        let (hostile, plain) = (view.to_text(width), plain.to_text(width));
        prop_assert_eq!(own(&hostile), own(&plain));
    }

    #[test]
    fn what_differs_looks_different(a in code(), b in code()) {
        let shown = |code: &[u8]| CardView::of(&card(code)).code.text.to_string();
        let ends = |code: &[u8]| code.windows(2).filter(|pair| pair == b"\r\n").count();
        prop_assume!(ends(&a) == 0 && ends(&b) == 0); // one kind of line end is said once, and not at each
        prop_assert_eq!(a == b, shown(&a) == shown(&b));
    }
}

/// The card's own words: all that stands at the left edge. How much of a long text is left out is one of them.
fn own(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !is_foreign(line) && !line.ends_with(" more characters")).collect()
}

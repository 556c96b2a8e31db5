use super::*;

fn prose(text: &str) -> String {
    expose(text, Reading::Prose)
}

#[test]
fn plain_text_stays() {
    for text in ["", "x = 1", "größe = 'naïve'", "задача 数 ∑ 😀", "नमस्ते", "    indented\n\nline  two"]
    {
        assert_eq!(prose(text), text);
    }
}

#[test]
fn the_invisible_is_written_out() {
    for (text, shown) in [
        ("a\u{202e}b\u{2066}", "a⟨U+202E⟩b⟨U+2066⟩"),
        ("\u{1b}[2J\u{7}\u{0}\u{9b}31m", "⟨U+001B⟩[2J⟨U+0007⟩⟨U+0000⟩⟨U+009B⟩31m"),
        ("a\u{200b}\u{feff}\u{ad}\u{e0041}", "a⟨U+200B⟩⟨U+FEFF⟩⟨U+00AD⟩⟨U+E0041⟩"),
        ("a\u{a0}b\u{3000}\u{3164}\u{2800}", "a⟨U+00A0⟩b⟨U+3000⟩⟨U+3164⟩⟨U+2800⟩"),
        ("a\u{85}b\u{2028}c\u{b}\u{c}\u{1c}", "a⟨U+0085⟩b⟨U+2028⟩c⟨U+000B⟩⟨U+000C⟩⟨U+001C⟩"),
        ("\u{e000}\u{fe0f}\u{1d159}", "⟨U+E000⟩⟨U+FE0F⟩⟨U+1D159⟩"),
        ("x = 'א'", "x = '⟨U+05D0⟩'"),
        ("e\u{301} é\u{301}\u{301}\u{301}", "e⟨U+0301⟩ é\u{301}\u{301}⟨U+0301⟩"),
        ("한\u{1161}", "한⟨U+1161⟩"),
    ] {
        assert_eq!(prose(text), shown);
    }
}

#[test]
fn our_signs_cannot_be_imitated() {
    assert_eq!(prose("⟨U+202E⟩ ⇥"), "⟨U+27E8⟩U+202E⟨U+27E9⟩ ⟨U+21E5⟩");
    assert_eq!(prose("\tx\ty"), "⇥  x⇥ y");
}

#[test]
fn lines_are_pythons() {
    for (text, shown) in [
        ("a\r\nb\nc\r", "a⟨CR LF⟩\nb\nc⟨U+000D⟩\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("x = 1 # \rimport os", "x = 1 # ⟨U+000D⟩\nimport os"),
        ("\r\r\n", "⟨U+000D⟩\n⟨CR LF⟩\n"),
    ] {
        assert_eq!(expose(text, Reading::Code), shown);
    }
}

#[test]
fn a_name_is_one_line_without_hidden_ends() {
    assert_eq!(expose("/a\n/b\r\t ", Reading::Name), "/a⟨U+000A⟩/b⟨U+000D⟩⟨U+0009⟩⟨1 space⟩");
    assert_eq!(expose("  x y", Reading::Name), "⟨2 spaces⟩x y");
}

#[test]
fn nothing_is_pushed_out_of_sight() {
    let far = format!("x = 1{};evil()", " ".repeat(500));
    assert_eq!(prose(&far), "x = 1⟨500 spaces⟩;evil()");
    assert_eq!(prose(&" ".repeat(41)), "⟨41 spaces⟩");
    assert_eq!(prose(&format!("{}x", " ".repeat(40))).len(), 41);
}

#[test]
fn undecodable_bytes_are_shown() {
    let shown = Exposed::new(b"a\xff\xc3 b\r\xed\xa0\x80", Reading::Code).to_string();
    assert_eq!(shown, "a⟨byte FF⟩⟨byte C3⟩ b⟨U+000D⟩\n⟨byte ED⟩⟨byte A0⟩⟨byte 80⟩");
}

#[test]
fn words_that_pose_as_others_are_marked() {
    for (text, code, name, prose) in [
        ("pаth", "pаth⟨U+0430⟩", "pаth⟨U+0430⟩", "pаth⟨U+0430⟩"),
        ("сору", "сору⟨U+0441 U+043E U+0440 U+0443⟩", "сору⟨U+0441 U+043E U+0440 U+0443⟩", "сору"),
        ("MAG:SР", "MAG:SР⟨U+0420⟩", "MAG:SР⟨U+0420⟩", "MAG:SР⟨U+0420⟩"),
        ("Ток пучка", "Ток пучка", "Ток пучка", "Ток пучка"),
        ("größe_数 x_数 Δt", "größe_数 x_数 Δt", "größe_数 x_数 Δt", "größe_数 x_数 Δt"),
        ("/a∕b", "/a∕b", "/a∕⟨U+2215⟩b", "/a∕b"),
        ("a – b’s", "a – b’s", "a –⟨U+2013⟩ b’⟨U+2019⟩s", "a – b’s"),
        ("µ", "µ", "µ", "µ"),
    ] {
        assert_eq!(expose(text, Reading::Code), code);
        assert_eq!(expose(text, Reading::Name), name);
        assert_eq!(expose(text, Reading::Prose), prose);
    }
}

#[test]
fn names_are_shown_as_python_reads_them() {
    for (text, shown) in [
        ("𝐨𝐩𝐞𝐧(x)", "𝐨𝐩𝐞𝐧⟨as a name: open⟩(x)"),
        ("ｅｘｅｃ", "ｅｘｅｃ⟨as a name: exec⟩"),
        ("ﬁle", "ﬁle⟨as a name: file⟩"),
        ("𝐨реn", "𝐨реn⟨as a name: oреn⟩⟨U+0440 U+0435⟩"),
        ("ϕ", "ϕ⟨as a name: φ⟩"),
    ] {
        assert_eq!(expose(text, Reading::Code), shown);
    }
    let long = expose(&"𝐚".repeat(1000), Reading::Code);
    assert!(long.ends_with(&format!("⟨as a name: {}…⟩", "a".repeat(60))), "{long}");
}

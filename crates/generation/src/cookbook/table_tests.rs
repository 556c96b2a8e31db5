use super::*;

fn names(text: &str) -> Vec<String> {
    parse(text).unwrap().columns.into_iter().map(|column| column.name).collect()
}

#[test]
fn separators_are_found() {
    for (text, separator, expected) in [
        ("a,b\n1,2\n", ',', vec!["a", "b"]),
        ("a\tb\n1\t2\n", '\t', vec!["a", "b"]),
        ("a;b\n1,5;2,5\n", ';', vec!["a", "b"]),
        ("a|b\n1|2", '|', vec!["a", "b"]),
        ("\"a,x\";b\n1;2\n", ';', vec!["a,x", "b"]),
        ("only\n1\n2\n", ',', vec!["only"]),
        (",x\n0,1\n", ',', vec!["Unnamed: 0", "x"]),
        ("\"a\nb\", c,\"d \"\"q\"\"\"\n1,2,3\n", ',', vec!["a\nb", " c", "d \"q\""]),
    ] {
        assert_eq!(parse(text).unwrap().separator, separator, "{text}");
        assert_eq!(names(text), expected);
    }
    assert_eq!(parse("a;b\n1,5;2,5\n").unwrap().decimal, DecimalMark::Comma);
}

#[test]
fn short_rows_and_missing_values_are_no_matter() {
    let table = parse("t,v,n\n2001-01-01,1,a\n2001-01-02\n2001-01-03,NA,\n").unwrap();
    let contents: Vec<&Content> = table.columns.iter().map(|column| &column.content).collect();
    assert_eq!(contents, [&Content::Times("ISO8601".into()), &Content::Numbers { whole: true }, &Content::Text]);
}

#[test]
fn what_pandas_would_misread_is_refused() {
    for (text, part) in [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b\n", "has a header and no rows"),
        ("a,a\n1,2\n", "two columns named `a`"),
        ("1,2\n3,4\n", "no header: its first line holds `1`"),
        ("# made by x\na,b\n1,2\n", "no header: its first line holds `# made by x`"),
        ("a,b\n1,2\n1,2,3\n", "3 fields in line 3 and 2 in its header"),
        ("a\0b", "not text"),
    ] {
        assert!(parse(text).unwrap_err().to_string().contains(part), "{text:?}: {}", parse(text).unwrap_err());
    }
}

#[test]
fn files_are_read_in_part_and_only_if_they_are_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.csv");
    let read_of = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        read(&file).map_err(|error| error.to_string())
    };
    let mut long = String::from("\u{feff}a,b\n");
    while (long.len() as u64) < 2 * HEAD_BYTES {
        long.push_str("1,é\n");
    }
    let names: Vec<String> = read_of(long.as_bytes()).unwrap().columns.into_iter().map(|column| column.name).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(read_of(&vec![b'x'; 600_000]).unwrap_err(), "has a first line of more than 256 KiB");
    assert_eq!(read_of(b"a,b\n\xff\xfe,2\n").unwrap_err(), "is not text in UTF-8");
    assert_eq!(read(folder.path()).unwrap_err().to_string(), "is not a regular file");
    assert!(read(&folder.path().join("none.csv")).unwrap_err().to_string().starts_with("cannot be read: No such file"));
}

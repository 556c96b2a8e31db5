//! Rows under headings, for lists.

/// Prints rows on stdout, columns as wide as they need to be; the last one is not padded.
pub(crate) fn print<const N: usize>(headings: [&str; N], rows: &[[String; N]]) {
    let mut widths = headings.map(|h| h.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    super::result::line(&joined(&headings.map(str::to_owned), &widths));
    for row in rows {
        super::result::line(&joined(&row.clone().map(|cell| super::plain(&cell).replace(['\n', '\t'], " ")), &widths));
    }
}

fn joined<const N: usize>(cells: &[String; N], widths: &[usize; N]) -> String {
    let padded: Vec<_> =
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}", width = *width)).collect();
    padded.join("  ").trim_end().to_owned()
}

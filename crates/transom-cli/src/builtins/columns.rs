//! Text in columns.

use unicode_width::UnicodeWidthStr;

/// Rows of text under headings, each column as wide as its widest text. Columns of numbers stand
/// to the right.
pub(super) struct Columns<const COUNT: usize> {
    headings: [&'static str; COUNT],
    to_the_right: [bool; COUNT],
    rows: Vec<[String; COUNT]>,
}

impl<const COUNT: usize> Columns<COUNT> {
    pub(super) const fn new(headings: [&'static str; COUNT], to_the_right: [bool; COUNT]) -> Self {
        Self { headings, to_the_right, rows: Vec::new() }
    }

    pub(super) fn row(&mut self, row: [String; COUNT]) {
        self.rows.push(row);
    }

    /// All of it, each line with its line feed.
    pub(super) fn text(&self) -> String {
        let mut widths = self.headings.map(UnicodeWidthStr::width);
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let line_length = widths.iter().sum::<usize>() + 2 * COUNT;
        let mut text = String::with_capacity(line_length * (self.rows.len() + 1));
        self.line(&mut text, &self.headings, &widths);
        for row in &self.rows {
            self.line(&mut text, row, &widths);
        }
        text
    }

    fn line<S: AsRef<str>>(&self, text: &mut String, cells: &[S; COUNT], widths: &[usize; COUNT]) {
        let start = text.len();
        for (index, cell) in cells.iter().enumerate() {
            let cell = cell.as_ref();
            let gap = widths[index].saturating_sub(cell.width());
            if index > 0 {
                text.push_str("  ");
            }
            if self.to_the_right[index] {
                text.extend(std::iter::repeat_n(' ', gap));
                text.push_str(cell);
            } else {
                text.push_str(cell);
                text.extend(std::iter::repeat_n(' ', gap));
            }
        }
        let end = text[start..].trim_end().len();
        text.truncate(start + end);
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::Columns;

    #[test]
    fn wide_characters_take_two_columns() {
        let mut columns = Columns::new(["PID", "이름"], [true, false]);
        columns.row(["7".into(), "sh".into()]);
        columns.row(["4711".into(), "프로세스".into()]);
        assert_eq!(columns.text(), " PID  이름\n   7  sh\n4711  프로세스\n");
    }
}

//! Money: whole fen everywhere, yuan only where people read it.

/// Fen as yuan: `696.00`.
#[must_use]
pub fn yuan(fen: i64) -> String {
    let (sign, fen) = (if fen < 0 { "-" } else { "" }, fen.unsigned_abs());
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::yuan;

    #[test]
    fn fen_are_hundredths_of_a_yuan() {
        for (fen, text) in [(0, "0.00"), (5, "0.05"), (69_600, "696.00"), (-1, "-0.01"), (-69_605, "-696.05")] {
            assert_eq!(yuan(fen), text);
        }
    }
}

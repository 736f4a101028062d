//! Help texts, escaped. `prometheus-client` writes them as they are, so that a line end in one would end its line, and what follows would be read
//! as whatever it looks like.
//!
//! A page is written in pieces, and a help text is always a piece of its own: behind the mark, the name and a space. A sample begins with its name,
//! so what begins a line with the mark is never part of one.

use std::fmt::{self, Write};

const MARK: &str = "# HELP ";

/// A page that is being written.
#[derive(Default)]
pub(super) struct Page {
    pub(super) text: String,
    at: At,
}

#[derive(Default, Clone, Copy)]
enum At {
    #[default]
    LineStart,
    HelpName,
    HelpText,
    Elsewhere,
}

impl Write for Page {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.at = match self.at {
            At::LineStart if piece == MARK => At::HelpName,
            At::HelpName if piece == " " => At::HelpText,
            At::HelpName => At::HelpName,
            At::HelpText => {
                self.escape(piece);
                self.at = At::Elsewhere;
                return Ok(());
            }
            At::LineStart if piece.is_empty() => At::LineStart,
            At::LineStart | At::Elsewhere if piece.ends_with('\n') => At::LineStart,
            At::LineStart | At::Elsewhere => At::Elsewhere,
        };
        self.text.push_str(piece);
        Ok(())
    }
}

impl Page {
    fn escape(&mut self, help: &str) {
        for c in help.chars() {
            match c {
                '\\' => self.text.push_str("\\\\"),
                '"' => self.text.push_str("\\\""),
                '\n' => self.text.push_str("\\n"),
                c => self.text.push(c),
            }
        }
    }
}

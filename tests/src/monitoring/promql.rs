//! As much of PromQL as it takes to say which series an expression asks for, and to take the comparison off an alert. What is no PromQL is Prometheus'
//! to refuse; what this cannot read is an error, never passed over.

use std::ops::Range;

/// What an expression asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The series, each with the labels that its braces name.
    pub selectors: Vec<(String, Vec<String>)>,
    /// Labels that it groups and joins by.
    pub grouping: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Number,
    Text,
    Sign,
}

#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    begin: usize,
}

impl Token<'_> {
    fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }

    fn is_one_of(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(text))
    }
}

const SIGNS: [&str; 21] =
    ["==", "!=", "<=", ">=", "=~", "!~", "<", ">", "=", "+", "-", "*", "/", "%", "^", "(", ")", "{", "}", "[", "]"];
const COMPARISONS: [&str; 6] = ["==", "!=", "<=", ">=", "<", ">"];
const SETS: [&str; 3] = ["and", "or", "unless"];
const LABEL_LISTS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];
const OTHER_WORDS: [&str; 6] = ["bool", "offset", "inf", "nan", "Inf", "NaN"];

/// What this expression asks for.
///
/// # Errors
/// What cannot be read in it.
pub fn asked(expr: &str) -> Result<Asked, String> {
    let tokens = lex(expr)?;
    let mut asked = Asked::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let before = |texts: &[&str]| tokens.get(at + 1).is_some_and(|next| next.is_one_of(texts));
        if token.is("{") {
            let end = closing(&tokens, at)?;
            let named = at > 0 && tokens[at - 1].kind == Kind::Name && !is_word(&tokens[at - 1]);
            let (_, labels) = asked.selectors.last_mut().filter(|_| named).ok_or("braces without a name")?;
            let matchers = tokens[at + 1..end].windows(2).filter(|pair| pair[1].is_one_of(&["=", "!=", "=~", "!~"]));
            labels.extend(matchers.filter(|pair| pair[0].kind == Kind::Name).map(|pair| pair[0].text.to_owned()));
            at = end;
        } else if token.is("[") {
            at = closing(&tokens, at)?;
        } else if token.is("(") {
            closing(&tokens, at)?;
        } else if token.is_one_of(&LABEL_LISTS) && before(&["("]) {
            let end = closing(&tokens, at + 1)?;
            let names = tokens[at + 2..end].iter().filter(|token| token.kind == Kind::Name);
            asked.grouping.extend(names.map(|token| token.text.to_owned()));
            at = end;
        } else if token.kind == Kind::Name && !is_word(token) && !before(&["(", "by", "without"]) {
            // Before a parenthesis, or before `by (…) (`, it would be a function.
            asked.selectors.push((token.text.to_owned(), Vec::new()));
        }
        at += 1;
    }
    Ok(asked)
}

/// The parts of an alert's expression that must find series for the alert to mean anything: what it compares, without the comparisons, on both sides of
/// every `and`, `or` and `unless`. Of an expression that compares nothing: itself.
///
/// # Errors
/// What cannot be read in it.
pub fn compared(expr: &str) -> Result<Vec<&str>, String> {
    let tokens = lex(expr)?;
    let mut parts = Vec::new();
    split(expr, &tokens, 0..tokens.len(), &mut parts)?;
    Ok(parts)
}

fn split<'a>(expr: &'a str, tokens: &[Token<'a>], range: Range<usize>, parts: &mut Vec<&'a str>) -> Result<(), String> {
    let (Some(first), Some(last)) = (tokens.get(range.start), range.end.checked_sub(1).and_then(|at| tokens.get(at)))
    else {
        return Err("an operator without a side".to_owned());
    };
    if range.is_empty() {
        return Err("an operator without a side".to_owned());
    }
    if first.is("(") && closing(tokens, range.start)? == range.end - 1 {
        return split(expr, tokens, range.start + 1..range.end - 1, parts);
    }
    for operators in [&["or"][..], &SETS, &COMPARISONS] {
        let Some(at) = last_of(tokens, range.clone(), operators)? else { continue };
        split(expr, tokens, range.start..at, parts)?;
        let right = after_modifiers(tokens, at + 1)?..range.end;
        let constant = tokens[right.clone()].iter().all(|token| token.kind == Kind::Number || token.is("-"));
        return if constant && !right.is_empty() { Ok(()) } else { split(expr, tokens, right, parts) };
    }
    parts.push(&expr[first.begin..last.begin + last.text.len()]);
    Ok(())
}

/// The last of these operators that is in no parentheses.
fn last_of(tokens: &[Token<'_>], range: Range<usize>, operators: &[&str]) -> Result<Option<usize>, String> {
    let (mut at, mut found) = (range.start, None);
    while at < range.end {
        if tokens[at].is_one_of(&["(", "{", "["]) {
            at = closing(tokens, at)?;
        } else if tokens[at].is_one_of(operators) {
            found = Some(at);
        }
        at += 1;
    }
    Ok(found)
}

/// Behind `bool`, `on (…)`, `group_left (…)` and the like.
fn after_modifiers(tokens: &[Token<'_>], mut at: usize) -> Result<usize, String> {
    while let Some(token) = tokens.get(at).filter(|token| token.is("bool") || token.is_one_of(&LABEL_LISTS)) {
        let list = !token.is("bool") && tokens.get(at + 1).is_some_and(|next| next.is("("));
        at = if list { closing(tokens, at + 1)? } else { at } + 1;
    }
    Ok(at)
}

fn is_word(token: &Token<'_>) -> bool {
    token.is_one_of(&SETS) || token.is_one_of(&OTHER_WORDS) || token.is_one_of(&LABEL_LISTS)
}

/// Where the bracket at this place is closed.
fn closing(tokens: &[Token<'_>], from: usize) -> Result<usize, String> {
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate().skip(from).filter(|(_, token)| token.kind == Kind::Sign) {
        match token.text {
            "(" => open.push(")"),
            "{" => open.push("}"),
            "[" => open.push("]"),
            ")" | "}" | "]" if open.pop() != Some(token.text) => break,
            _ => {}
        }
        if open.is_empty() {
            return Ok(at);
        }
    }
    Err(format!("{} is not closed", tokens[from].text))
}

fn lex(expr: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut begin = 0;
    while let Some(first) = expr[begin..].chars().next() {
        let rest = &expr[begin..];
        let (kind, length) = if first.is_whitespace() || first == ',' {
            begin += first.len_utf8();
            continue;
        } else if first == '#' {
            begin += rest.find('\n').unwrap_or(rest.len());
            continue;
        } else if matches!(first, '"' | '\'' | '`') {
            (Kind::Text, text(rest, first)?)
        } else if first.is_ascii_digit() || first == '.' {
            // A number or a duration; the sign of an exponent belongs to it.
            let end = rest.char_indices().find(|(at, c)| {
                let exponent = matches!(c, '+' | '-') && rest[..*at].ends_with(['e', 'E']) && !rest.starts_with("0x");
                !(c.is_ascii_alphanumeric() || *c == '.' || exponent)
            });
            (Kind::Number, end.map_or(rest.len(), |(at, _)| at))
        } else if first.is_ascii_alphabetic() || matches!(first, '_' | ':') {
            (Kind::Name, rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_:".contains(c))).unwrap_or(rest.len()))
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            (Kind::Sign, sign.ok_or_else(|| format!("{first:?} at {begin} means nothing in {expr:?}"))?.len())
        };
        tokens.push(Token { kind, text: &rest[..length], begin });
        begin += length;
    }
    Ok(tokens)
}

/// How long the text in quotation marks is with which this begins.
fn text(rest: &str, quote: char) -> Result<usize, String> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && !escaped {
            return Ok(at + c.len_utf8());
        }
        escaped = c == '\\' && !escaped && quote != '`';
    }
    Err("a text is not closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(expr: &str) -> Vec<(String, Vec<String>)> {
        asked(expr).expect("it can be read").selectors
    }

    fn selector(name: &str, labels: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), labels.iter().map(|label| (*label).to_owned()).collect())
    }

    #[test]
    fn series_are_told_from_functions_labels_words_and_texts() {
        let found = asked(
            r#"histogram_quantile(0.9, sum by (job, le) (rate(a_bucket{x="b{c}", y=~"d (e)"}[5m])))
               / on (job) group_left (z) (min without (x) (f:g:h offset 1h) > bool -1e-3) or vector(0) # rate(no[5m])"#,
        );
        let found = found.expect("it can be read");
        assert_eq!(found.selectors, [selector("a_bucket", &["x", "y"]), selector("f:g:h", &[])]);
        assert_eq!(found.grouping, ["job", "le", "job", "z", "x"]);
        assert_eq!(names("a and b unless on (x) c"), [selector("a", &[]), selector("b", &[]), selector("c", &[])]);
        assert_eq!(names("topk(3, a{})"), [selector("a", &[])]);
        assert_eq!(names(r#"up{p="\"}"}"#), [selector("up", &["p"])]);
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for expr in [r#"{__name__="a"}"#, "rate(a[5m)", r#"a{x="}"#, "a ? b", "sum(a", "$a", "sum by (x {a}"] {
            assert!(asked(expr).is_err(), "{expr}");
        }
        for expr in ["> 1", "a >", "a and", "(a", ""] {
            assert!(compared(expr).is_err(), "{expr}");
        }
    }

    #[test]
    fn comparisons_are_taken_off_and_nothing_else() {
        let parts = |expr| compared(expr).expect("it can be read");
        assert_eq!(parts("up == 0"), ["up"]);
        assert_eq!(parts("rate(a[5m]) * 2 > -0.5"), ["rate(a[5m]) * 2"]);
        assert_eq!(parts("a / (b > 0) >= 0.8"), ["a / (b > 0)"]);
        assert_eq!(parts("a > bool b"), ["a", "b"]);
        assert_eq!(parts("a > on (x) 2 * b"), ["a", "2 * b"]);
        assert_eq!(parts("(a > 1) and on (x, y) (b{l=\"<\"} == 0) unless on (x) c != 0"), ["a", "b{l=\"<\"}", "c"]);
        assert_eq!(parts("a > 1 or b < 2 and c == 3"), ["a", "b", "c"]);
        assert_eq!(parts("sum(a > 1)"), ["sum(a > 1)"]);
        assert_eq!(parts("(a) + (b)"), ["(a) + (b)"]);
        assert_eq!(parts(r#"a{p=~"x|y > z"} > 1"#), [r#"a{p=~"x|y > z"}"#]);
    }
}

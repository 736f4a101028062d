//! Every promise of `docs/semantics.md` has a test that bears its number, and every number that a test bears is promised.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Numbers such as `S4` or `Q12` in a line, each a letter followed by digits.
fn numbers(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_number(word)).map(str::to_owned)
}

fn is_number(word: &str) -> bool {
    let Some(digits) = word.strip_prefix(['S', 'P', 'E', 'Q', 'R', 'L', 'I', 'A', 'H', 'F', 'D', 'M']) else {
        return false;
    };
    !digits.is_empty() && digits.len() < 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Which file bears which number: in a line `Promise S4.` above a test, or in the name of a conformance check.
fn borne() -> BTreeMap<String, PathBuf> {
    let mut files = Vec::new();
    for folder in ["streamcore", "streamcore-audio", "streamcore-http", "streamcore-sqlite", "tests/redis"] {
        sources(&root().join(folder), &mut files);
    }
    let mut borne = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("sources are text");
        for line in text.lines().map(str::trim) {
            if let Some(promises) = line.strip_prefix("/// Promise ") {
                let first_sentence = promises.split('.').next().unwrap_or(promises);
                borne.extend(numbers(first_sentence).map(|number| (number, file.clone())));
            }
            if let Some(name) = line.strip_prefix("pub async fn ") {
                let number = name.split('_').next().unwrap_or_default().to_ascii_uppercase();
                let number = ["Q", "R", "L", "I"]
                    .into_iter()
                    .fold(number, |number, letter| number.replacen(&format!("{letter}0"), letter, 1));
                if is_number(&number) {
                    borne.insert(number, file.clone());
                }
            }
        }
    }
    borne
}

#[test]
fn every_promise_has_a_test_and_every_test_a_promise() {
    let page = fs::read_to_string(root().join("docs/semantics.md")).expect("the page is there");
    let promised: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("- **")?.split('.').next().map(str::to_owned))
        .filter(|number| is_number(number))
        .collect();
    assert!(promised.len() > 60, "the page was not read: {promised:?}");
    let borne = borne();
    let untested: Vec<_> = promised.iter().filter(|number| !borne.contains_key(*number)).collect();
    assert!(untested.is_empty(), "promised and not tested: {untested:?}");
    let unpromised: Vec<_> = borne.iter().filter(|(number, _)| !promised.contains(*number)).collect();
    assert!(unpromised.is_empty(), "tested and not promised: {unpromised:?}");
}

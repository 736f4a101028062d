//! Every check of the suites is in the list that the macros run, in the order of the numbers, and says its number.

const QUEUE: &[&str] = &[
    include_str!("../src/testing/queue/add.rs"),
    include_str!("../src/testing/queue/edit.rs"),
    include_str!("../src/testing/queue/advance.rs"),
    include_str!("../src/testing/queue/release.rs"),
    include_str!("../src/testing/queue/history.rs"),
    include_str!("../src/testing/queue/view.rs"),
    include_str!("../src/testing/queue/revision.rs"),
    include_str!("../src/testing/queue/hints.rs"),
    include_str!("../src/testing/queue/concurrency.rs"),
    include_str!("../src/testing/queue/durability.rs"),
    include_str!("../src/testing/queue/rules.rs"),
    include_str!("../src/testing/queue/mode.rs"),
    include_str!("../src/testing/queue/repeat.rs"),
    include_str!("../src/testing/queue/undo.rs"),
    include_str!("../src/testing/queue/request.rs"),
];

const REGISTRY: &[&str] = &[
    include_str!("../src/testing/registry/records.rs"),
    include_str!("../src/testing/registry/snapshots.rs"),
    include_str!("../src/testing/registry/settings.rs"),
    include_str!("../src/testing/registry/sessions.rs"),
    include_str!("../src/testing/registry/durability.rs"),
];

const LIBRARY: &[&str] = &[
    include_str!("../src/testing/library/add.rs"),
    include_str!("../src/testing/library/edit.rs"),
    include_str!("../src/testing/library/search.rs"),
    include_str!("../src/testing/library/concurrency.rs"),
    include_str!("../src/testing/library/durability.rs"),
];

const IDEMPOTENCY: &[&str] = &[
    include_str!("../src/testing/idempotency/claims.rs"),
    include_str!("../src/testing/idempotency/time.rs"),
    include_str!("../src/testing/idempotency/bounds.rs"),
    include_str!("../src/testing/idempotency/durability.rs"),
];

/// What the listing macros call: turns the names into strings.
macro_rules! names {
    ($($check:ident)*) => { [$(stringify!($check)),*] };
}

/// The public checks of these files, each with its doc comment.
fn checks(files: &[&'static str]) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for file in files {
        let mut doc = String::new();
        for line in file.lines() {
            if let Some(name) = line.strip_prefix("pub async fn ") {
                let name = name.split('(').next().unwrap_or_default();
                found.push((name, std::mem::take(&mut doc)));
            } else if let Some(text) = line.strip_prefix("/// ") {
                doc.push_str(text);
            } else {
                doc.clear();
            }
        }
    }
    found
}

fn assert_complete(letter: char, files: &[&'static str], listed: &[&str]) {
    let found = checks(files);
    for (n, name) in (1..).zip(listed) {
        assert!(
            name.starts_with(&format!("{}{n:02}_", letter.to_ascii_lowercase())),
            "{name} is the {n}th of the list"
        );
        let (_, doc) = found.iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("no check {name}"));
        assert!(doc.starts_with(&format!("**{letter}{n}.** ")), "{name} says which promise it checks: {doc}");
    }
    for (name, _) in &found {
        assert!(listed.contains(name), "{name} is not in the list, so that nobody runs it");
    }
}

#[test]
fn every_check_is_listed_and_numbered() {
    assert_complete('Q', QUEUE, &streamcore::__queue_checks!([names]));
    assert_complete('R', REGISTRY, &streamcore::__registry_checks!([names]));
    assert_complete('L', LIBRARY, &streamcore::__library_checks!([names]));
    assert_complete('I', IDEMPOTENCY, &streamcore::__idempotency_checks!([names]));
}

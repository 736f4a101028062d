//! The runbook has a paragraph for each alert, and each alert says all that somebody needs who is woken by it.

use streamcore_tests::monitoring::{rules, text};

#[test]
fn every_alert_has_a_severity_words_and_a_paragraph() {
    let readme = text("README.md");
    let paragraphs: Vec<_> = readme.split("\n### ").skip(1).filter_map(|part| part.split_once("\n\n")).collect();
    let alerts = rules("rules/alerts.yml");
    let named: Vec<_> = alerts.iter().map(|alert| alert["alert"].as_str().expect("a name")).collect();
    assert_eq!(paragraphs.iter().map(|(title, _)| *title).collect::<Vec<_>>(), named, "in the order of the rules");
    for (title, paragraph) in paragraphs {
        assert!(paragraph.len() > 150, "{title}: {paragraph}");
    }
    for alert in &alerts {
        let name = alert["alert"].as_str().expect("a name");
        assert!(["page", "ticket"].contains(&alert["labels"]["severity"].as_str().unwrap_or_default()), "{name}");
        let annotations = &alert["annotations"];
        let [summary, description, runbook] =
            ["summary", "description", "runbook"].map(|key| annotations[key].as_str().expect(name));
        assert!(summary.contains("{{ $labels.instance }}") && summary.len() < 120, "{name}: {summary}");
        assert!(description.len() > 80 && description.ends_with('.'), "{name}: {description}");
        assert_eq!(runbook, format!("examples/monitoring/README.md#{}", name.to_lowercase()));
        let expr = alert["expr"].as_str().expect(name);
        assert!(!expr.contains("absent"), "{name}: what was never there would fire for ever");
    }
}

/// Panels that the runbook sends people to exist.
#[test]
fn panels_of_the_runbook_are_on_the_dashboard() {
    let dashboard = text("grafana/dashboard.json");
    let readme = text("README.md");
    let runbook = readme.split("\n## Alerts").nth(1).expect("a runbook");
    let mut sent = 0;
    for words in runbook.split('*').skip(1).step_by(2).filter(|words| !words.is_empty()) {
        let here = words == "Targets" || dashboard.contains(&format!("\"title\": \"{words}\""));
        assert!(here, "there is no panel {words}");
        sent += 1;
    }
    assert!(sent > 15, "{sent}");
}

//! `[log]`, its variables and its flags.

use tracing::Level;

use super::*;

fn log(flags: &Flags, variables: &[(&str, &str)], file: &str) -> Log {
    resolve(flags, variables, file).expect("valid").log
}

fn of_variable(text: &str) -> Result<Config, ConfigError> {
    resolve(&Flags::default(), &[("STREAMCORE_LOG", text)], "")
}

#[test]
fn the_form_of_lines_is_layered() {
    let file = "[log]\nformat = \"json\"";
    let variable = ("STREAMCORE_LOG_FORMAT", "text");
    let flags = Flags { log_format: Some(String::from("json")), ..Flags::default() };
    assert_eq!(defaults().log.format, Setting { value: Format::Text, origin: Origin::Default });
    for (flags, variables, file, value, origin) in [
        (&Flags::default(), &[][..], file, Format::Json, Origin::File),
        (&Flags::default(), &[variable], file, Format::Text, Origin::Environment("STREAMCORE_LOG_FORMAT")),
        (&flags, &[variable], "", Format::Json, Origin::Flag("--log-format")),
    ] {
        assert_eq!(log(flags, variables, file).format, Setting { value, origin });
    }
}

#[test]
fn a_form_that_there_is_not_is_named_with_what_there_is() {
    let error = resolve(&Flags::default(), &[("STREAMCORE_LOG_FORMAT", "xml")], "").expect_err("refused").to_string();
    let expected = "log.format = \"xml\" (STREAMCORE_LOG_FORMAT) is not usable: it must be \"text\" or \"json\"";
    assert_eq!(error, expected);
}

#[test]
fn levels_are_by_target_and_what_is_said_for_one_run_is_all_of_it() {
    let file = "[log]\nlevel = \"warn\"\n[log.targets]\nstreamcore_http = \"debug\"\n\"streamcore::event\" = \"info\"";
    let of_file = log(&Flags::default(), &[], file);
    assert!(of_file.filter.would_enable("streamcore_http::edge::dispatch", &Level::DEBUG));
    assert!(of_file.filter.would_enable("streamcore::event", &Level::INFO));
    assert!(!of_file.filter.would_enable("streamcore::driver", &Level::INFO));

    let of_variable = log(&Flags::default(), &[("STREAMCORE_LOG", "info,streamcore_audio=trace")], file);
    assert!(!of_variable.filter.would_enable("streamcore_http", &Level::DEBUG));
    assert!(of_variable.filter.would_enable("streamcore_audio::engine", &Level::TRACE));
    assert!(of_variable.targets.value.is_empty());

    let flags = Flags { log: Some(String::from("off, streamcore_http = warn")), ..Flags::default() };
    let of_flag = log(&flags, &[("STREAMCORE_LOG", "trace")], file);
    assert!(!of_flag.filter.would_enable("streamcore_audio", &Level::ERROR));
    assert!(of_flag.filter.would_enable("streamcore_http", &Level::WARN));
}

#[test]
fn levels_that_make_no_sense_name_where_they_come_from_and_what_would_do() {
    for text in ["", "loud", "info,streamcore=loud", "info,", "=info", "info,streamcore_http", "info,a b=info", "a="] {
        let error = of_variable(text).expect_err(text).to_string();
        let expected = format!("log.level = {text:?} (STREAMCORE_LOG) is not usable: ");
        assert!(error.starts_with(&expected), "{error}");
        assert!(error.ends_with("use for example `warn` or `info,streamcore_http=debug`"), "{error}");
    }
    for text in ["warn", "INFO", "info,streamcore_http=debug", "off,streamcore::event=info"] {
        assert!(of_variable(text).is_ok(), "{text}");
    }
}

#[test]
fn a_target_of_the_file_that_makes_no_sense_is_shown() {
    for (entry, reason) in [("a = \"loud\"", "\"loud\" is no level"), ("\"a b\" = \"info\"", "\"a b\" is no target")] {
        let file = format!("[log.targets]\n{entry}");
        let error = resolve(&Flags::default(), &[], &file).expect_err("refused").to_string();
        assert!(error.starts_with("log.targets = { ") && error.contains("(file) is not usable: "), "{error}");
        assert!(error.contains(reason) && error.contains("write for example"), "{error}");
    }
}

#[test]
fn the_report_of_targets_can_be_read_back() {
    let file = "[log]\nformat = \"json\"\ntargets = { streamcore_http = \"debug\", \"streamcore::event\" = \"info\" }";
    let config = resolve(&Flags::default(), &[], file).expect("valid");
    let report = Report(&config).to_string();
    let again = resolve(&Flags::default(), &[], &report).expect("valid");
    assert_eq!(again.log.targets.value, config.log.targets.value);
    assert_eq!(again.log.format.value, Format::Json);
    assert_eq!(again.log.targets.value.len(), 2);
}

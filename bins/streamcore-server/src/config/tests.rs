use super::*;

mod auto_end;
mod log;
mod metrics;

fn environment(pairs: &[(&str, &str)]) -> Environment {
    Environment::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())))
}

fn resolve(flags: &Flags, variables: &[(&str, &str)], file: &str) -> Result<Config, ConfigError> {
    Config::resolve(flags, &environment(variables), FileLayer::parse("test.toml", file)?)
}

fn defaults() -> Config {
    resolve(&Flags::default(), &[], "").expect("defaults are valid")
}

/// The report without the origins: what is set, not by whom.
fn values(config: &Config) -> Vec<String> {
    let report = Report(config).to_string();
    report.lines().map(|line| line.split('#').next().unwrap_or_default().trim_end().to_owned()).collect()
}

#[test]
fn each_layer_wins_over_the_one_before() {
    let file = "listen = \"127.0.0.1:1\"\ndata_dir = \"from-file\"\nmedia_dir = \"from-file\"";
    let variables = [("STREAMCORE_LISTEN", "127.0.0.1:2"), ("STREAMCORE_DATA_DIR", "from-env")];
    let flags = Flags { listen: Some(String::from("127.0.0.1:3")), ..Flags::default() };

    let config = resolve(&flags, &variables, file).expect("valid");

    assert_eq!(config.listen.value.port(), 3);
    assert_eq!(config.listen.origin, Origin::Flag("--listen"));
    assert_eq!(config.data_dir.value, PathBuf::from("from-env"));
    assert_eq!(config.data_dir.origin, Origin::Environment("STREAMCORE_DATA_DIR"));
    assert_eq!(config.media_dir.value, PathBuf::from("from-file"));
    assert_eq!(config.media_dir.origin, Origin::File);
    assert_eq!(config.shutdown_grace_seconds, Setting { value: 10, origin: Origin::Default });
}

#[test]
fn the_media_directory_follows_the_data_directory() {
    let flags = Flags { data_dir: Some(PathBuf::from("elsewhere")), ..Flags::default() };
    let config = resolve(&flags, &[], "").expect("valid");
    assert_eq!(config.media_dir.value, PathBuf::from("elsewhere/media"));
}

#[test]
fn an_unknown_key_names_itself_and_the_file() {
    for (file, key) in [("lisen = \"x\"", "lisen"), ("[queue]\nmax_itmes = 3", "max_itmes"), ("[quue]", "quue")] {
        let error = resolve(&Flags::default(), &[], file).expect_err("refused").to_string();
        assert!(error.contains("test.toml") && error.contains(key), "{error}");
    }
}

#[test]
fn a_value_that_is_not_usable_names_key_value_origin_and_reason() {
    let error = resolve(&Flags::default(), &[], "[queue]\nmax_items = 0").expect_err("refused").to_string();
    assert_eq!(error, "queue.max_items = 0 (file) is not usable: it must be from 1 to 100000");
    let error = resolve(&Flags::default(), &[("STREAMCORE_LISTEN", "here")], "").expect_err("refused").to_string();
    assert!(
        error.starts_with("listen = \"here\" (STREAMCORE_LISTEN) is not usable: it must be an IP address"),
        "{error}"
    );
    assert!(resolve(&Flags::default(), &[("STREAMCORE_DATA_DIR", "")], "").is_err(), "set but empty is a mistake");
    for file in
        ["[audio]\nsample_rate = 44101", "[http]\npublic_url = \"radio.example\"", "[http]\nmax_connections = -1"]
    {
        assert!(resolve(&Flags::default(), &[], file).is_err(), "{file}");
    }
}

#[test]
fn the_rules_of_a_queue_are_what_the_file_says() {
    let usual = defaults().queue.rules();
    assert_eq!(usual, streamcore::queue::Rules::default());
    let file = "[queue]\nmax_items = 5\nmax_items_per_requester = 2\nallow_duplicates = false\ncooldown_seconds = 60";
    let rules = resolve(&Flags::default(), &[], file).expect("valid").queue.rules();
    assert_eq!((rules.max_items, rules.max_per_requester), (5, Some(2)));
    assert_eq!(rules.duplicates, streamcore::queue::Duplicates::Refuse);
    assert_eq!(rules.cooldown, Some(std::time::Duration::from_secs(60)));
    for wrong in ["allow_duplicates = \"maybe\"", "cooldown_seconds = -1", "max_items_per_requester = 100001"] {
        assert!(resolve(&Flags::default(), &[], &format!("[queue]\n{wrong}")).is_err(), "{wrong}");
    }
}

#[test]
fn a_public_url_that_is_not_usable_is_told_what_is_wrong_with_it() {
    for (url, reason) in [
        ("radio.example", "it must begin with https:// or http://"),
        ("ftp://radio.example", "it must begin with https:// or http://"),
        ("https://", "it names no host"),
        ("https:///radio", "it names no host"),
        ("https://radio.example/", "leave out the slash at its end"),
        ("https://radio.example/radio/", "leave out the slash at its end"),
        ("https://radio.example?x=1", "leave out the query"),
        ("https://radio.example/#top", "leave out the query"),
        ("https://radio example", "it holds a space or another character that no URL has"),
    ] {
        let file = format!("[http]\npublic_url = \"{url}\"");
        let error = resolve(&Flags::default(), &[], &file).expect_err(url).to_string();
        let expected = format!("http.public_url = \"{url}\" (file) is not usable: {reason}");
        assert!(error.starts_with(&expected) && !error.contains("Some("), "{error}");
        assert!(error.ends_with("it must be a URL such as https://radio.example"), "{error}");
    }
    for url in ["https://radio.example", "http://[::1]:8000", "https://example.org/radio"] {
        let config = resolve(&Flags::default(), &[], &format!("[http]\npublic_url = \"{url}\"")).expect(url);
        assert_eq!(config.http.public_url.value.as_deref(), Some(url));
    }
}

#[test]
fn a_settings_file_that_is_not_there_is_named() {
    let flags = Flags { config: Some(PathBuf::from("no/such.toml")), ..Flags::default() };
    let error = Config::load(&flags, &environment(&[])).expect_err("refused").to_string();
    assert!(error.starts_with("cannot read the settings file no/such.toml: "), "{error}");
}

#[test]
fn short_and_empty_tokens_are_refused_and_never_shown() {
    for token in ["", "short", "fifteen-chars-x", "a token with spaces in it"] {
        let flags = Flags { api_token: Some(token.to_owned()), ..Flags::default() };
        let error = resolve(&flags, &[], "").expect_err("refused");
        assert!(error.to_string().contains("--api-token"), "{error}");
        assert!(token.is_empty() || !format!("{error} {error:?}").contains(token), "the token leaks: {error:?}");
    }
}

#[test]
fn the_report_shows_origins_and_hides_the_token() {
    let token = "correct-horse-battery";
    let flags = Flags { api_token: Some(token.to_owned()), ..Flags::default() };
    let config =
        resolve(&flags, &[("STREAMCORE_LISTEN", "127.0.0.1:9")], "[audio]\nbitrate_kbps = 192").expect("valid");

    let report = Report(&config).to_string();

    assert!(report.contains("listen = \"127.0.0.1:9\"") && report.contains("# STREAMCORE_LISTEN"), "{report}");
    assert!(report.lines().any(|l| l.starts_with("bitrate_kbps = 192") && l.ends_with("# file")), "{report}");
    assert!(report.contains("# api_token: (redacted), from --api-token"), "{report}");
    assert!(!format!("{report}{config:?}").contains(token));
}

#[test]
fn the_redis_url_is_layered_checked_and_never_shown_with_its_password() {
    let file = "[redis]\nurl = \"redis://file:hunter2@a\"\nprefix = \"radio\"";
    let variable = ("STREAMCORE_REDIS_URL", "redis://env:hunter2@b:7000/1");
    let flags = Flags { redis_url: Some(String::from("rediss://flag:hunter2@c")), ..Flags::default() };
    for (flags, variables, shown) in [
        (Flags::default(), &[][..], "# url: redis://file:(redacted)@a, from file"),
        (Flags::default(), &[variable], "# url: redis://env:(redacted)@b:7000/1, from STREAMCORE_REDIS_URL"),
        (flags, &[variable], "# url: rediss://flag:(redacted)@c, from --redis-url"),
    ] {
        let config = resolve(&flags, variables, file).expect("valid");
        let report = Report(&config).to_string();
        assert!(report.lines().any(|line| line == shown), "{report}");
        assert!(!format!("{report}{config:?}").contains("hunter2"), "{report}");
    }
    for (url, told) in [
        ("", "it is empty"),
        ("postgres://u:hunter2@host", "postgres"),
        ("redis://u:hunter2@", "host"),
        ("redis://u:12/hunter2@host", "redis.url"),
        ("redis://u:hunter2@host:99999", "port"),
        ("redis-sentinel://u:hunter2@host", "redis.url"),
        ("hunter2", "redis.url"),
    ] {
        match resolve(&Flags::default(), &[("STREAMCORE_REDIS_URL", url)], "") {
            Ok(config) => assert!(!format!("{config:?}{}", Report(&config)).contains("hunter2"), "{url}"),
            Err(error) => {
                let error = error.to_string();
                assert!(error.starts_with("redis.url = ") && error.contains("(STREAMCORE_REDIS_URL)"), "{error}");
                assert!(error.contains(told) && !error.contains("hunter2"), "{url}: {error}");
            }
        }
    }
    for file in [
        "[redis]\nurl = \"redis://:hunter2@h",
        "[redis]\nurl = redis://:hunter2@h",
        "[redis]\nurl = [\"redis://:hunter2@h\"]",
    ] {
        let error = resolve(&Flags::default(), &[], file).map(|_| ()).expect_err("no settings file").to_string();
        assert!(error.contains("line 2") && !error.contains("hunter2"), "{error}");
    }
    for (file, key) in [
        ("[redis]\nprefix = \"a b\"", "redis.prefix = \"a b\" (file)"),
        ("[redis]\ncall_timeout_ms = 99", "redis.call_timeout_ms = 99 (file)"),
        ("[redis]\nurl = \"rediss://a\"\nca_file = \"no/such.pem\"", "redis.ca_file = \"no/such.pem\" (file)"),
    ] {
        let error = resolve(&Flags::default(), &[], file).expect_err("refused").to_string();
        assert!(error.starts_with(key), "{error}");
    }
}

#[test]
fn the_report_is_a_settings_file() {
    let report = Report(&defaults()).to_string();
    let again = resolve(&Flags::default(), &[], &report).expect("the report parses");
    assert_eq!(values(&again), values(&defaults()));
}

#[test]
fn the_example_file_has_every_key_and_equals_the_defaults() {
    let example = include_str!("../../streamcore.example.toml");
    let config = resolve(&Flags::default(), &[], example).expect("the example parses");
    assert_eq!(values(&config), values(&defaults()));
    let from_elsewhere: Vec<_> = Report(&config)
        .to_string()
        .lines()
        .filter(|line| line.contains(" = ") && !line.ends_with("# file"))
        .map(str::to_owned)
        .collect();
    assert!(from_elsewhere.is_empty(), "the example lacks {from_elsewhere:?}");

    // What has no default value is there as a comment.
    let set = resolve(&Flags::default(), &[], &example.replace("# command = ", "command = ")).expect("valid");
    assert_eq!(set.resolver.command.value.as_deref().and_then(<[_]>::last).map(String::as_str), Some("{url}"));
    let set = resolve(&Flags::default(), &[], &example.replace("# public_url", "public_url")).expect("valid");
    assert_eq!(set.http.public_url.value.as_deref(), Some("https://radio.example"));
    let set = resolve(&Flags::default(), &[], &example.replace("# placeholder", "placeholder")).expect("valid");
    assert_eq!(set.audio.config("media".as_ref()).placeholder.as_deref(), Some("hold.mp3"));
    assert!(Report(&set).to_string().contains("placeholder = \"hold.mp3\""));
    let set = resolve(&Flags::default(), &[], &example.replace("# url = ", "url = ")).expect("valid");
    assert!(Report(&set).to_string().contains("url = \"redis://127.0.0.1:6379/0\""));
    let error =
        resolve(&Flags::default(), &[], &example.replace("# ca_file = ", "ca_file = ").replace("# url = ", "url = "));
    let error = error.expect_err("the URL asks for no TLS, and the file is not there").to_string();
    assert!(error.starts_with("redis.ca_file = \"redis-ca.pem\" (file) is not usable: it cannot be read"), "{error}");
}

#[test]
fn networks_and_the_resolver_are_read_strictly_and_reach_the_player() {
    let file =
        "[remote]\nallow = [\"10.0.0.0/8\", \"::1\"]\nmax_megabytes = 1\n[resolver]\ncommand = [\"r\", \"{url}\"]";
    let config = resolve(&Flags::default(), &[], file).expect("valid");
    let remote = config.player().remote;
    assert_eq!(remote.allow.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.0/8", "::1/128"]);
    assert_eq!((remote.max_bytes, remote.resolver.map(|command| command.len())), (1 << 20, Some(2)));
    let report = Report(&config).to_string();
    let again = resolve(&Flags::default(), &[], &report).expect("the report parses");
    assert_eq!(values(&again), values(&config));
    for (file, told) in [
        (
            "[remote]\nallow = [\"10.0.0.5/8\"]",
            "remote.allow = \"10.0.0.5/8\" (file) is not usable: it is not a network",
        ),
        ("[remote]\nretry_seconds = 601", "remote.retry_seconds = 601"),
        ("[resolver]\ncommand = []", "it names no program"),
        ("[resolver]\ncommand = [\"yt-dlp {url}\"]", "no argument holds {url}"),
    ] {
        let error = resolve(&Flags::default(), &[], file).expect_err("refused").to_string();
        assert!(error.contains(told), "{error}");
    }
}

/// Whatever stands in the file: settings, or a sentence that names the file or where the value comes from; never a panic.
#[test]
fn a_settings_file_that_is_spoilt_anywhere_is_read_or_refused() {
    const VALUES: &str = r##"-1 0 1.5 nan inf 9223372036854775807 9223372036854775808 true "" "x" "\u0000" "../.." "[::1]:0" "http://"
        "https://\u202e" "https://x:99999999" [] {} [[1]] 1979-05-27 '''x """x"##;
    let example = include_str!("../../streamcore.example.toml").lines();
    let lines: Vec<_> = example.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let check = |text: &str| {
        if let Err(error) = resolve(&Flags::default(), &[], text) {
            let error = error.to_string();
            assert!(error.contains("test.toml") || error.contains("(file)"), "{error}");
        }
    };
    for (at, line) in lines.iter().enumerate() {
        let Some((key, _)) = line.split_once('=') else { continue };
        for value in VALUES.split_whitespace() {
            let spoilt = format!("{key}= {value}");
            let mut spoilt_lines = lines.clone();
            spoilt_lines[at] = &spoilt;
            check(&spoilt_lines.join("\n"));
        }
    }
    let text = lines.join("\n");
    for (at, _) in text.char_indices() {
        check(&text[..at]);
        for piece in ["\0", "\"", "[", "=", "\u{202e}"] {
            check(&format!("{}{piece}{}", &text[..at], &text[at..]));
        }
    }
}

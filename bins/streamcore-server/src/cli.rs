//! The command line. Every flag may stand before or after the subcommand, and `serve` is what one gets without any.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand};

/// Continuous audio streams that run themselves.
#[derive(Parser)]
#[command(name = "streamcore-server", version, after_help = PRECEDENCE)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

const PRECEDENCE: &str =
    "Settings come from defaults, then the file, then the environment, then flags; the last one wins.";

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(crate) enum Command {
    /// Runs the server (the default)
    Serve,
    /// Prints the settings in effect and where each comes from, or what is wrong with them
    CheckConfig,
    /// Looks at everything that the server needs, and says what is wrong and what to do about it
    Doctor {
        /// For programs: JSON instead of lines
        #[arg(long)]
        json: bool,
    },
}

/// Settings that can be given as flags. They win over everything else.
#[derive(Default, Args)]
pub(crate) struct Flags {
    /// Address to listen on; port 0 takes a free one [env: STREAMCORE_LISTEN]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,
    /// Where state is kept [env: STREAMCORE_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Where tracks are [default: media in the data directory] [env: STREAMCORE_MEDIA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) media_dir: Option<PathBuf>,
    /// Keep queues, streams and the library on this Redis: redis://, rediss://, redis-sentinel://, redis-cluster:// [default: the embedded
    /// store in the data directory] [env: STREAMCORE_REDIS_URL, which other users of this machine cannot read]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) redis_url: Option<String>,
    /// Take the Redis over from another server that is said to use it; that one must not run any more
    #[arg(long, global = true)]
    pub(crate) take_over: bool,
    /// Settings in a TOML file; streamcore.example.toml has them all
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Token for everything that changes state; without one the server makes its own [env: STREAMCORE_API_TOKEN]
    #[arg(long, global = true, value_name = "TOKEN")]
    pub(crate) api_token: Option<String>,
    /// What is logged: a level, and levels for targets, for example info,streamcore_http=debug [default: info] [env: STREAMCORE_LOG]
    #[arg(long, global = true, value_name = "LEVELS")]
    pub(crate) log: Option<String>,
    /// How it is logged: text for people, or json for programs, an object in each line [default: text] [env: STREAMCORE_LOG_FORMAT]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub(crate) log_format: Option<String>,
    /// Makes a few short pieces of music, queues them on stream 1 and starts it
    #[arg(long, global = true)]
    pub(crate) demo: bool,
}

impl Cli {
    /// Reads a command line.
    pub(crate) fn parse_from<I: IntoIterator<Item = T>, T: Into<OsString> + Clone>(
        args: I,
    ) -> Result<Self, clap::Error> {
        Self::try_parse_from(args)
    }

    /// What was asked for.
    pub(crate) fn command(&self) -> Command {
        self.command.unwrap_or(Command::Serve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Cli {
        Cli::parse_from([&["streamcore-server"], args].concat()).expect("a valid command line")
    }

    #[test]
    fn serve_is_the_default_and_flags_need_no_subcommand() {
        assert_eq!(parse(&[]).command(), Command::Serve);
        let cli = parse(&["--demo", "--listen", "127.0.0.1:0"]);
        assert_eq!(cli.command(), Command::Serve);
        assert!(cli.flags.demo);
        assert_eq!(cli.flags.listen.as_deref(), Some("127.0.0.1:0"));
    }

    #[test]
    fn flags_may_stand_on_either_side_of_the_subcommand() {
        for args in [["serve", "--data-dir", "d"], ["--data-dir", "d", "serve"]] {
            let cli = parse(&args);
            assert_eq!(cli.command(), Command::Serve);
            assert_eq!(cli.flags.data_dir.as_deref(), Some(std::path::Path::new("d")));
        }
        assert_eq!(parse(&["check-config", "--config", "f.toml"]).command(), Command::CheckConfig);
    }

    #[test]
    fn unknown_flags_are_refused() {
        assert!(Cli::parse_from(["streamcore-server", "--lisen", "x"]).is_err());
    }
}

//! The Streamcore server: reads the settings, composes the adapters, runs until it is told to stop.
//!
//! Nothing else in the workspace knows which adapters are in use; [`server`] is the one place that does.

mod banner;
mod cli;
mod config;
mod data_dir;
mod demo;
mod doctor;
mod failure;
mod limits;
mod monitoring;
mod output;
mod server;
mod signals;
mod store;
mod telemetry;
mod token;

use std::process::ExitCode;

use self::{
    cli::{Cli, Command},
    config::{Config, Environment, Report},
    failure::Failure,
};

fn main() -> ExitCode {
    let cli = match Cli::parse_from(std::env::args_os()) {
        Ok(cli) => cli,
        Err(answer) => return failure::usage(&answer),
    };
    run(&cli).unwrap_or_else(|failure| failure.report())
}

fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let environment = Environment::of_process();
    let config = || Config::load(&cli.flags, &environment);
    match cli.command() {
        Command::CheckConfig => {
            let config = config()?;
            output::print(&Report(&config)).map_err(Failure::Output)?;
        }
        Command::Doctor { json } => {
            if !doctor::run(&cli.flags, &environment, json)? {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Serve => {
            let config = config()?;
            telemetry::init(&config.log);
            if let Err(failure) = serve(cli, &config) {
                return Ok(telemetry::report(&failure, &config.log));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(cli: &Cli, config: &Config) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::Runtime)?;
    let ended = runtime.block_on(server::run(config, cli.flags.demo, cli.flags.take_over));
    runtime.shutdown_timeout(server::last_moment(config));
    ended
}

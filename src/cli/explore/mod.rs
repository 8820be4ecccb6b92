//! `forestall explore`: a local page with the levers of a scenario as sliders, or with the points of a finished sweep.

mod about;
mod body;
mod events;
mod guard;
mod page;
mod reply;
mod server;

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use clap::Args;
use serde_json::json;

use forestall_study::{MOST_REPLICATIONS, Study, SweepExplorer};

use super::interrupt;
use super::options::{self, Common, PosteriorUse, ScenarioOptions};
use super::outcome::{Exit, Failure};
use super::terminal::print;
use super::threads::Threads;
use server::{Shared, Subject};

/// Replications of a setting where nothing else is said: enough that the interval hardly narrows any more.
const REPLICATIONS: u64 = 1_000;

/// What `explore` takes.
#[derive(Debug, Args)]
#[command(
    after_help = "The page is served to this machine alone, under an address that holds a random token, and asks \
                        nothing of the network. Ctrl-C ends it."
)]
pub struct Arguments {
    #[command(flatten)]
    scenario: ScenarioOptions,
    /// Replications at which a setting is done
    #[arg(long, value_name = "N", default_value_t = REPLICATIONS,
          value_parser = clap::value_parser!(u64).range(2..=MOST_REPLICATIONS))]
    replications: u64,
    /// What to make of the posterior that the scenario names in [calibrated]
    #[arg(long, value_enum, value_name = "USE", default_value = "draws")]
    posterior: PosteriorUse,
    /// Port on 127.0.0.1; a free one if not given
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Print the address and open no browser
    #[arg(long)]
    no_open: bool,
    #[command(flatten)]
    threads: Threads,
}

/// Serves the page until an interrupt.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Failure> {
    let page = ExplorePage::new(subject(arguments, common)?, arguments.port)?;
    let stop = interrupt::flag("replications", interrupt::Sender::Person)?;
    let address = page.address();
    if common.json {
        print(&json!({"address": address}).to_string());
    } else {
        print(&address);
    }
    common.say("the page is served until Ctrl-C");
    if !arguments.no_open
        && let Err(error) = open::that_detached(&address)
    {
        common.say(&format!("no browser could be opened ({error}); open the address yourself"));
    }
    page.serve(&stop)?;
    Ok(Exit::Stopped)
}

/// The page of a scenario or of a finished sweep, under its address and not yet served.
pub struct ExplorePage {
    shared: Arc<Shared>,
    listener: TcpListener,
}

impl ExplorePage {
    /// The page of a scenario, where a setting is done at so many replications; on this port, or a free one for 0.
    ///
    /// # Errors
    /// If the scenario has no lever, or nothing can be listened on there.
    pub fn of_scenario(study: &Study, replications: u64, port: u16) -> Result<Self, Failure> {
        let explorer = study.explore().map_err(Failure::from)?;
        let flags = options::flags(study.overrides());
        Self::new(Subject::Scenario { explorer, most: replications, flags }, port)
    }

    /// The page of the merged sweep in a folder.
    ///
    /// # Errors
    /// If there is no such sweep, or nothing can be listened on there.
    pub fn of_sweep(folder: &Path, port: u16) -> Result<Self, Failure> {
        Self::new(Subject::Sweep(SweepExplorer::open(folder).map_err(Failure::from)?), port)
    }

    fn new(subject: Subject, port: u16) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("cannot listen on 127.0.0.1:{port}; give another --port"))?;
        let port = listener.local_addr().context("cannot tell the port")?.port();
        Ok(Self { shared: Arc::new(Shared::new(subject, port)?), listener })
    }

    /// Its address, which holds a random token.
    pub fn address(&self) -> String {
        self.shared.address()
    }

    /// Serves it until `stop` is set, then lets what is under way come to its end.
    ///
    /// # Errors
    /// If the system refuses to serve.
    pub fn serve(self, stop: &AtomicBool) -> Result<(), Failure> {
        server::serve(&self.shared, self.listener, stop)
    }
}

/// What is explored: a scenario, or the folder of a finished sweep.
fn subject(arguments: &Arguments, common: &Common) -> Result<Subject, Failure> {
    let path = &arguments.scenario.scenario;
    if path.join("plan.json").is_file() {
        let laid = &arguments.scenario;
        if !laid.sets.is_empty() || laid.seed.is_some() || laid.until.is_some() || laid.alternative.is_some() {
            return Err(Failure::usage(
                "a finished sweep is not simulated again; leave --set, --seed, --until and --alternative out",
            ));
        }
        return Ok(Subject::Sweep(SweepExplorer::open(path).map_err(Failure::from)?));
    }
    if path.is_dir() {
        let found = path.display();
        return Err(Failure::usage(format!(
            "{found} is a folder without plan.json; give a scenario file, or the folder of a merged sweep"
        )));
    }
    let overrides = arguments.scenario.overrides(None, Some(arguments.posterior));
    let study = Study::open(path, overrides)?;
    common.warn(study.warnings());
    arguments.threads.start(common);
    arguments.threads.fit(&study, 1)?;
    let explorer = study.explore().map_err(Failure::from)?;
    Ok(Subject::Scenario { explorer, most: arguments.replications, flags: options::flags(study.overrides()) })
}

//! The server: routes, what all requests share, and the way from the first request to the interrupt.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use forestall_study::{Explorer, SweepExplorer};

use super::reply::{Refusal, json_response};
use super::{about, body, events, guard, page};
use crate::cli::outcome::Failure;

/// Bytes of the token.
const TOKEN: usize = 16;
/// Time between two looks at the interrupt.
const LOOK: Duration = Duration::from_millis(50);
/// Longest wait for requests and replications under way after an interrupt.
const LAST: Duration = Duration::from_secs(20);

/// What is explored.
pub(super) enum Subject {
    /// A scenario, with the replications at which a setting is done and the flags that `run` needs for the same.
    Scenario { explorer: Explorer, most: u64, flags: Vec<String> },
    /// A finished sweep.
    Sweep(SweepExplorer),
}

/// What all requests share.
pub(super) struct Shared {
    subject: Subject,
    port: u16,
    token: String,
    generation: AtomicU64,
    running: AtomicUsize,
    /// Stops the setting that is being run.
    current: Mutex<Option<Arc<AtomicBool>>>,
}

/// A setting that is being run, for as long as this is there.
pub(super) struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Random letters and digits that nobody can guess.
pub(super) fn random() -> Result<String, Failure> {
    let mut bytes = [0_u8; TOKEN];
    getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("the system gives no random numbers: {e}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Shared {
    /// Nothing asked yet.
    pub(super) fn new(subject: Subject, port: u16) -> Result<Self, Failure> {
        Ok(Self {
            subject,
            port,
            token: random()?,
            generation: AtomicU64::new(0),
            running: AtomicUsize::new(0),
            current: Mutex::default(),
        })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// What is explored.
    pub(super) fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The address of the page.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/{}/", self.port, self.token)
    }

    /// The scenario that is explored, and the replications at which a setting is done.
    pub(super) fn scenario(&self) -> Option<(&Explorer, u64)> {
        match &self.subject {
            Subject::Scenario { explorer, most, .. } => Some((explorer, *most)),
            Subject::Sweep(_) => None,
        }
    }

    /// Stops the setting that is being run and gives the number of the next, with what will stop it.
    pub(super) fn next(&self) -> (u64, Arc<AtomicBool>) {
        let cancel = Arc::new(AtomicBool::new(false));
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = current.replace(cancel.clone()) {
            before.store(true, Ordering::Relaxed);
        }
        (self.generation.fetch_add(1, Ordering::Relaxed) + 1, cancel)
    }

    /// Counts a setting that is being run.
    pub(super) fn running(self: &Arc<Self>) -> Running {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(self.clone())
    }

    /// Stops the setting that is being run.
    fn cancel(&self) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cancel) = current.as_ref() {
            cancel.store(true, Ordering::Relaxed);
        }
    }

    fn status(&self) -> Value {
        json!({
            "generation": self.generation.load(Ordering::Relaxed),
            "running": self.running.load(Ordering::Relaxed),
        })
    }
}

/// Serves until `stop` is set, then lets what is under way come to its end.
pub(super) fn serve(shared: &Arc<Shared>, listener: TcpListener, stop: &AtomicBool) -> Result<(), Failure> {
    listener.set_nonblocking(true).context("cannot listen")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot serve")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).context("cannot listen")?;
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let server = axum::serve(listener, routes(shared)).with_graceful_shutdown(async {
            // The other end is let go of at the latest when serving ends.
            let _ = ended.await;
        });
        let serving = tokio::spawn(server.into_future());
        while !stop.load(Ordering::Relaxed) && !serving.is_finished() {
            tokio::time::sleep(LOOK).await;
        }
        shared.cancel();
        drop(end);
        // A page that holds its connection open does not hold the program.
        let _ = tokio::time::timeout(Duration::from_secs(1), serving).await;
        let began = Instant::now();
        while shared.running.load(Ordering::Relaxed) > 0 && began.elapsed() < LAST {
            tokio::time::sleep(LOOK).await;
        }
        Ok::<_, anyhow::Error>(())
    })?;
    runtime.shutdown_background();
    Ok(())
}

type Answer = Result<Response, Refusal>;

fn routes(shared: &Arc<Shared>) -> Router {
    let missing = async || Refusal::new(StatusCode::NOT_FOUND, "there is nothing at this address");
    let method = async || Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this address is asked in another way");
    Router::new()
        .route("/{token}/", get(the_page))
        .route("/{token}/api/about", get(the_subject))
        .route("/{token}/api/status", get(the_status))
        .route("/{token}/api/run", post(run))
        .route("/{token}/api/look", post(look))
        .route("/{token}/api/save", post(save))
        .fallback(missing)
        .method_not_allowed_fallback(method)
        .layer(from_fn_with_state(shared.clone(), guard::guard))
        .with_state(shared.clone())
}

async fn the_page() -> Answer {
    page::page()
}

async fn the_subject(State(shared): State<Arc<Shared>>) -> Response {
    json_response(&about::about(&shared))
}

async fn the_status(State(shared): State<Arc<Shared>>) -> Response {
    json_response(&shared.status())
}

/// Work that takes a moment, beside the thread that serves.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal> {
    let defect = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "a defect of the program stopped the answer");
    tokio::task::spawn_blocking(work).await.map_err(defect)?
}

fn no_scenario() -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "a finished sweep is explored: nothing is simulated or saved")
}

async fn run(State(shared): State<Arc<Shared>>, request: Request) -> Answer {
    let setting = body::setting(&body::object(request).await?)?;
    let work = shared.clone();
    let setting = aside(move || {
        let (explorer, _) = work.scenario().ok_or_else(no_scenario)?;
        explorer.check(&setting)?;
        Ok(setting)
    })
    .await?;
    Ok(events::begin(&shared, setting))
}

async fn look(State(shared): State<Arc<Shared>>, request: Request) -> Answer {
    let setting = body::look(&body::object(request).await?)?;
    let found = aside(move || match shared.subject() {
        Subject::Sweep(sweep) => Ok(about::nearby(sweep, &sweep.look(&setting)?)),
        Subject::Scenario { .. } => {
            Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "a scenario is explored: ask `api/run`"))
        }
    })
    .await?;
    Ok(json_response(&found))
}

async fn save(State(shared): State<Arc<Shared>>, request: Request) -> Answer {
    let request = body::save(&body::object(request).await?)?;
    let saved = aside(move || {
        let Subject::Scenario { explorer, flags, .. } = shared.subject() else { return Err(no_scenario()) };
        Ok(about::saved(&explorer.save(&request)?, flags))
    })
    .await?;
    Ok(json_response(&saved))
}

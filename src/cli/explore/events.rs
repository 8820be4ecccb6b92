//! The events of one setting: estimates as they come, until the page moves on or goes away.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_core::Stream;
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use forestall_study::{ExploreEstimate, ExploreSetting, Monitor};

use super::server::Shared;

/// Events that wait for a slow page; older estimates are worth nothing once there is a newer one.
const WAITING: usize = 4;
/// Time between signs of life, by which a page that has gone is noticed.
const ALIVE: Duration = Duration::from_secs(1);

/// Events on their way to a page; when the page goes, the work stops.
struct Events {
    waiting: Receiver<Event>,
    cancel: Arc<AtomicBool>,
}

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.waiting.poll_recv(context).map(|event| event.map(Ok))
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.cancel.store(true, Ordering::Relaxed);
    }
}

fn event(name: &str, generation: u64, value: Value) -> Event {
    let mut data = json!({"generation": generation});
    if let (Some(data), Value::Object(more)) = (data.as_object_mut(), value) {
        data.extend(more);
    }
    Event::default().event(name).data(data.to_string())
}

/// Begins to run a setting, in place of the one before, and gives its events.
pub(super) fn begin(shared: &Arc<Shared>, setting: ExploreSetting) -> Response {
    let (generation, cancel) = shared.next();
    let (send, waiting) = channel(WAITING);
    let (work, stop, running) = (shared.clone(), cancel.clone(), shared.running());
    std::thread::spawn(move || {
        let _running = running;
        go(&work, &setting, generation, &send, &stop);
    });
    let events = Sse::new(Events { waiting, cancel }).keep_alive(KeepAlive::new().interval(ALIVE));
    events.into_response()
}

/// Runs a setting to its end, or until it is stopped.
fn go(shared: &Shared, setting: &ExploreSetting, generation: u64, send: &Sender<Event>, stop: &AtomicBool) {
    let Some((explorer, most)) = shared.scenario() else { return };
    let _ = send.try_send(event("begin", generation, json!({"most": most})));
    let observe = |estimate: ExploreEstimate| {
        // Nobody is kept waiting for a page that is slow.
        let _ = send.try_send(event("estimate", generation, json!({"estimate": estimate})));
    };
    let ended = explorer.watch(setting, most, &Monitor { observe: &observe, cancel: stop });
    let last = match ended {
        Ok(end) if end.stopped => event("stopped", generation, json!({})),
        Ok(end) => event("end", generation, json!({"estimate": end.estimate, "failure": end.failure})),
        Err(error) => event("failed", generation, json!({"reason": error.to_string()})),
    };
    // The page may have gone, and then nobody waits for the last word.
    let _ = send.blocking_send(last);
}

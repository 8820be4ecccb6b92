//! `explore` as a page meets it: who may ask, what is refused, events of one setting and no other, saving, an end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::{Scratch, forestall, small, text};

/// Within this the server answers, on a machine that does other things too.
const SOON: Duration = Duration::from_secs(60);

/// A program that serves a page, ended with the test.
struct Served {
    child: Child,
    port: u16,
    token: String,
}

impl Served {
    fn new(scratch: &Scratch, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_forestall"))
            .current_dir(&scratch.0)
            .args(["explore", "--no-open", "-q", "--threads", "2"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("an address");
        let rest = line.trim().strip_prefix("http://127.0.0.1:").unwrap_or_else(|| panic!("no address: {line:?}"));
        let (port, token) = rest.trim_end_matches('/').split_once('/').expect("port and token");
        Self { port: port.parse().expect("a port"), token: token.to_owned(), child }
    }

    /// Sends a request as it stands.
    fn send(&self, head: &str, body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("connected");
        stream.set_read_timeout(Some(SOON)).expect("set");
        stream.write_all(head.as_bytes()).expect("sent");
        // A body that is too large is refused before it is read.
        let _ = stream.write_all(body);
        Answer::read(stream)
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut head = format!("GET {path} HTTP/1.1\r\nconnection: close\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        self.send(&(head + "\r\n"), b"")
    }

    fn post(&self, what: &str, body: &[u8]) -> Answer {
        self.send(&self.head(what, "application/json", body.len()), body)
    }

    fn head(&self, what: &str, kind: &str, length: usize) -> String {
        let (host, token) = (self.host(), &self.token);
        format!(
            "POST /{token}/api/{what} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\nconnection: close\r\n\
             content-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
        )
    }

    fn ask(&self, what: &str) -> Value {
        let answer = self.get(&format!("/{}/api/{what}", self.token), &[("host", &self.host())]);
        assert_eq!(answer.status, 200);
        answer.json()
    }

    fn run(&self, body: &Value) -> Answer {
        let answer = self.post("run", body.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{body}");
        answer
    }

    /// The last estimate of a setting.
    fn whole(&self, body: &Value) -> Value {
        let events = self.run(body).events();
        let (name, last) = events.last().expect("an event");
        assert_eq!(name, "end", "{last}");
        last["estimate"].clone()
    }

    /// Waits until nothing is run any more.
    fn idle(&self) -> bool {
        let began = Instant::now();
        while began.elapsed() < SOON {
            if self.ask("status")["running"] == 0 {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// Resident memory in kilobytes.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("Linux tells");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("resident memory");
        line.trim().trim_end_matches("kB").trim().parse().expect("a number")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer whose body may still be coming.
struct Answer {
    status: u16,
    headers: String,
    chunked: bool,
    rest: BufReader<TcpStream>,
}

impl Answer {
    fn read(stream: TcpStream) -> Self {
        let mut rest = BufReader::new(stream);
        let mut headers = String::new();
        loop {
            let mut line = String::new();
            if rest.read_line(&mut line).expect("an answer") == 0 || line == "\r\n" {
                break;
            }
            headers += &line.to_lowercase();
        }
        let status = headers.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
        let chunked = headers.contains("transfer-encoding: chunked");
        Self { status, headers, chunked, rest }
    }

    /// The next piece of a body that comes in pieces; `None` at its end.
    fn piece(&mut self) -> Option<String> {
        assert!(self.chunked, "{}", self.headers);
        let mut line = String::new();
        self.rest.read_line(&mut line).ok()?;
        let length = usize::from_str_radix(line.trim(), 16).ok()?;
        let mut bytes = vec![0; length + 2];
        self.rest.read_exact(&mut bytes).ok()?;
        (length > 0).then(|| text(&bytes[..length]))
    }

    fn body(mut self) -> String {
        let mut out = String::new();
        if self.chunked {
            while let Some(piece) = self.piece() {
                out += &piece;
            }
        } else {
            let _ = self.rest.read_to_string(&mut out);
        }
        out
    }

    fn json(self) -> Value {
        let body = self.body();
        serde_json::from_str(&body).unwrap_or_else(|e| panic!("{e}: {body}"))
    }

    /// All events to the end: name and data.
    fn events(self) -> Vec<(String, Value)> {
        events(&self.body())
    }

    /// The reason of a refusal.
    #[track_caller]
    fn refused(self, status: u16) -> String {
        let found = self.status;
        assert!(self.headers.contains("content-type: application/json"), "{}", self.headers);
        let value = self.json();
        assert_eq!((found, &value["error"]["status"]), (status, &json!(status)), "{value}");
        value["error"]["reason"].as_str().expect("a reason").to_owned()
    }
}

fn events(body: &str) -> Vec<(String, Value)> {
    let one = |part: &str| {
        let field =
            |name: &str| part.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned());
        Some((field("event:")?, serde_json::from_str(&field("data:")?).expect("JSON")))
    };
    body.split("\n\n").filter_map(one).collect()
}

/// The small scenario, served.
fn small_served(name: &str, arguments: &[&str]) -> (Scratch, Served) {
    let scratch = Scratch::new(name);
    scratch.file("small.toml", &small());
    let mut all = vec!["small.toml"];
    all.extend(arguments);
    let served = Served::new(&scratch, &all);
    (scratch, served)
}

#[test]
fn only_the_page_itself_is_answered() {
    let (_scratch, served) = small_served("explore-guard", &[]);
    let (host, token) = (served.host(), served.token.clone());
    assert!(token.len() == 32 && token.chars().all(|c| c.is_ascii_hexdigit()), "{token}");
    let page = format!("/{token}/");
    let whole = served.get(&page, &[("host", &host)]);
    assert_eq!(whole.status, 200);
    for header in
        ["content-security-policy: default-src 'none';", "referrer-policy: no-referrer", "cache-control: no-store"]
    {
        assert!(whole.headers.contains(header), "{}", whole.headers);
    }
    assert!(!whole.headers.contains("access-control"), "nobody else is let in");
    let body = whole.body();
    let outside = body.matches("http").count() - body.matches("http://www.w3.org/2000/svg").count();
    assert_eq!(outside, 0, "the page names no other place");
    let local = format!("localhost:{}", served.port);
    assert_eq!(served.get(&page, &[("host", &local)]).status, 200);
    let wrong_token = format!("/{}/", "0".repeat(32));
    for path in ["/", "/api/about", &wrong_token, &format!("/{}/", &token[..31])] {
        assert!(served.get(path, &[("host", &host)]).refused(403).contains("token"), "{path}");
    }
    for other in ["evil.example", "127.0.0.1", "127.0.0.1:1", &format!("evil.example:{}", served.port)] {
        assert!(served.get(&page, &[("host", other)]).refused(403).contains("host"), "{other}");
    }
    assert!(served.get(&page, &[]).status >= 400, "no host");
    assert!(served.get(&page, &[("host", &host), ("host", "evil.example")]).status >= 400, "two hosts");
    for origin in ["http://evil.example", "null", "https://127.0.0.1", &format!("http://127.0.0.1:{}", served.port ^ 1)]
    {
        let headers = [("host", host.as_str()), ("origin", origin)];
        assert!(served.get(&page, &headers).refused(403).contains("not from this page"), "{origin}");
    }
    let cross = [("host", host.as_str()), ("sec-fetch-site", "cross-site")];
    assert!(served.get(&page, &cross).refused(403).contains("another site"));
    assert!(served.get(&format!("{page}nothing"), &[("host", &host)]).refused(404).contains("nothing at this address"));
    served.get(&format!("{page}api/run"), &[("host", &host)]).refused(405);
}

#[test]
fn a_bad_body_is_refused_with_the_reason() {
    let (_scratch, served) = small_served("explore-bodies", &[]);
    let refused = |body: &str, status: u16| served.post("run", body.as_bytes()).refused(status);
    assert!(refused("", 400).contains("no JSON object"));
    assert!(refused("{\"levers\": {", 400).contains("no JSON object"));
    assert!(refused("[1, 2]", 400).contains("no JSON object"));
    assert!(refused(&"[".repeat(5_000), 400).contains("no JSON object"), "deep");
    for (body, reason) in [
        (json!({"levers": {"services.analists": 2}}), "services.analysts"),
        (json!({"levers": {"prevention.reach_share": 1.01}}), "a share from 0 to 1"),
        (json!({"levers": {"membership.pool_member": 2}}), "true or false"),
        (json!({"levers": {"services.analysts": "many"}}), "numbers by path"),
        (json!({"levers": {"services.analysts": null}}), "numbers by path"),
        (json!({"levers": [["services.analysts", 2]]}), "numbers by path"),
        (json!({"policy": 1}), "a text"),
        (json!({"policy": "nobody"}), "no policy is called `nobody`"),
        (json!({"lever": {}}), "unknown key `lever`"),
    ] {
        let told = refused(&body.to_string(), 422);
        assert!(told.contains(reason), "{body}: {told}");
    }
    assert!(refused("{\"levers\": {\"services.analysts\": 1e999}}", 400).contains("no JSON object"));
    let large = vec![b' '; 70_000];
    assert!(served.post("run", &large).refused(413).contains("at most 65536 bytes"));
    let plain = served.send(&served.head("run", "text/plain", 2), b"{}").refused(415);
    assert!(plain.contains("application/json"), "{plain}");
    assert!(served.post("look", b"{\"width\": 0.1}").refused(422).contains("a scenario is explored"));
    assert!(served.post("save", b"{}").refused(422).contains("name"));
    assert_eq!(served.ask("status"), json!({"generation": 0, "running": 0}), "nothing was run");
}

#[test]
fn after_a_slider_moves_no_event_is_of_the_setting_before() {
    let (_scratch, served) = small_served("explore-stale", &["--replications", "2000"]);
    let mut first = served.run(&json!({"levers": {"services.analysts": 30}}));
    let mut seen = String::new();
    while !seen.contains("event: estimate") {
        seen += &first.piece().expect("an event");
    }
    let mut second = served.run(&json!({"levers": {"services.analysts": 60}}));
    // What was under way is told as stopped, and that is its last word.
    let last = events(&(seen + &first.body()));
    assert_eq!(last.last().map(|event| event.0.as_str()), Some("stopped"), "{:?}", last.last());
    assert!(last.iter().all(|(_, data)| data["generation"] == 1));
    let mut seen = String::new();
    while !seen.contains("event: estimate") {
        seen += &second.piece().expect("an event");
    }
    assert!(events(&seen).iter().all(|(_, data)| data["generation"] == 2));
    assert_eq!(served.ask("status")["running"], 1, "the setting before has ended");
    drop(second);
    assert!(served.idle(), "a page that goes takes its work with it");
}

#[test]
fn a_page_that_goes_stops_its_work() {
    let (_scratch, served) = small_served("explore-gone", &["--replications", "2000"]);
    let mut answer = served.run(&json!({}));
    assert!(answer.piece().is_some());
    assert_eq!(served.ask("status")["running"], 1);
    answer.rest.get_ref().shutdown(Shutdown::Both).expect("closed");
    drop(answer);
    let began = Instant::now();
    assert!(served.idle());
    // Signs of life come each second, and one replication of this world is short.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    // The same again without a request that had its first event.
    drop(served.run(&json!({"policy": "analysts"})));
    assert!(served.idle());
}

#[test]
fn a_saved_policy_gives_the_numbers_of_the_page() {
    let (scratch, served) = small_served("explore-save", &["--replications", "10", "--seed", "7"]);
    let before = std::fs::read_to_string(scratch.0.join("small.toml")).expect("there");
    let setting = json!({"policy": null, "levers": {"services.analysts": 35, "leads.tip_programme_factor": 1.5}});
    let page = served.whole(&setting);
    assert_eq!((&page["n"], page["outcomes"].as_array().map(Vec::len)), (&json!(10), Some(9)));
    let mut request = setting.clone();
    request["name"] = json!("mine");
    request["description"] = json!("What I tried \"first\"");
    let saved = served.post("save", request.to_string().as_bytes());
    assert_eq!(saved.status, 200);
    let saved = saved.json();
    let command = saved["command"].as_str().expect("a command");
    assert_eq!(command, "forestall run small.toml --policies mine --seed 7");
    let after = std::fs::read_to_string(scratch.0.join("small.toml")).expect("there");
    assert!(after.starts_with(&before) && after.ends_with(saved["block"].as_str().expect("a block")));
    let mut words: Vec<&str> = command.split(' ').skip(1).collect();
    words.extend(["--replications", "10", "--json", "-q"]);
    let run = forestall(&scratch, &words);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let run: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    for outcome in page["outcomes"].as_array().expect("outcomes") {
        let rows = run["comparisons"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["outcome"] == outcome["name"]).expect("the outcome");
        for (own, other) in [("baseline", "baseline_mean"), ("setting", "policy_mean"), ("n", "n")] {
            assert_eq!(outcome[own].as_f64(), row[other].as_f64(), "{outcome} {row}");
        }
        for (own, other) in [("mean", "difference"), ("low", "ci_low"), ("high", "ci_high")] {
            assert_eq!(outcome["spread"][own].as_f64(), row[other].as_f64(), "{outcome} {row}");
        }
    }
    let again = served.post("save", request.to_string().as_bytes()).refused(409);
    assert!(again.contains("mine"), "{again}");
    assert_eq!(std::fs::read_to_string(scratch.0.join("small.toml")).expect("there"), after);
    let about = served.ask("about");
    let names: Vec<&Value> = about["policies"].as_array().expect("policies").iter().map(|p| &p["name"]).collect();
    assert_eq!(names, ["nothing", "analysts", "mine"]);
    assert_eq!(served.whole(&json!({"policy": "mine"}))["outcomes"], page["outcomes"]);
}

#[test]
fn twenty_settings_in_a_row_leave_memory_flat() {
    let (_scratch, served) = small_served("explore-memory", &["--replications", "40"]);
    let mut resident = Vec::new();
    for turn in 0..24 {
        served.whole(&json!({"levers": {"services.analysts": 21 + turn}}));
        resident.push(served.memory());
    }
    // The first settings fill what is kept of the baseline and what the allocator holds. Between the fourth and the last
    // twenty more have passed; the allocator's own noise is below 5 %, and twenty settings kept would be above it.
    assert!(resident[23] <= resident[3] + resident[3] / 20, "{resident:?} kB");
}

#[test]
fn an_interrupt_ends_it_with_the_code_of_other_commands() {
    let (_scratch, mut served) = small_served("explore-interrupt", &["--replications", "2000"]);
    let mut answer = served.run(&json!({}));
    assert!(answer.piece().is_some());
    let id = served.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill").success());
    assert_eq!(served.child.wait().expect("end").code(), Some(75));
    let said = answer.body();
    assert!(said.contains("event: stopped"), "the page is told: {said}");
}

#[test]
fn what_cannot_be_explored_is_told() {
    let scratch = Scratch::new("explore-wrong");
    scratch.file("small.toml", &small());
    let told = |arguments: &[&str]| {
        let out = forestall(&scratch, &[&["explore", "--no-open"], arguments].concat());
        (out.status.code(), text(&out.stderr))
    };
    let (code, said) = told(&["."]);
    assert!(code == Some(2) && said.contains("without plan.json"), "{code:?} {said}");
    let (code, said) = told(&["small.toml", "--replications", "1"]);
    assert!(code == Some(2) && said.contains("2..=2000"), "{code:?} {said}");
    let (code, said) = told(&["small.toml", "--set", "services.analists=1"]);
    assert!(code == Some(2) && said.contains("did you mean `analysts`"), "{code:?} {said}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("told").port().to_string();
    let (code, said) = told(&["small.toml", "--port", &port]);
    assert!(code == Some(1) && said.contains("--port"), "{code:?} {said}");
}

/// A merged sweep over two levers.
fn swept(scratch: &Scratch) -> String {
    scratch.file("small.toml", &small());
    let planned = forestall(
        scratch,
        &[
            "sweep",
            "plan",
            "small.toml",
            "--design",
            "lhs",
            "--points",
            "12",
            "--policies",
            "analysts",
            "--replications",
            "2",
            "--lever",
            "services.case_officers=20..150",
            "--lever",
            "membership.pool_member=true|false",
            "-q",
        ],
    );
    assert!(planned.status.success(), "{}", text(&planned.stderr));
    let folder = text(&planned.stdout).trim().to_owned();
    for arguments in [["sweep", "run", folder.as_str(), "-q"], ["sweep", "merge", folder.as_str(), "-q"]] {
        let done = forestall(scratch, &arguments);
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    assert!(Path::new(&scratch.0.join(&folder)).join("manifest.json").is_file());
    folder
}

#[test]
fn a_finished_sweep_is_explored_without_a_simulation() {
    let scratch = Scratch::new("explore-sweep");
    let folder = swept(&scratch);
    let served = Served::new(&scratch, &[&folder]);
    let about = served.ask("about");
    assert_eq!(
        (&about["kind"], &about["points"], &about["policies"]),
        (&json!("sweep"), &json!(12), &json!(["analysts"]))
    );
    let look = |body: Value| served.post("look", body.to_string().as_bytes());
    let all = look(json!({"policy": "analysts", "near": {}, "width": 0.1})).json();
    assert_eq!((&all["points"], &all["of"], &all["estimate"]["n"]), (&json!(12), &json!(12), &json!(24)));
    let low = &about["factors"][0]["low"];
    let near = look(json!({"policy": "analysts", "near": {"services.case_officers": low}, "width": 0.5})).json();
    let points = near["points"].as_u64().expect("a number");
    // A Latin hypercube has one point in each twelfth of the range.
    assert!((5..=8).contains(&points) && near["nearest"] == false, "{near}");
    let lone = look(json!({"near": {"services.case_officers": low}, "width": 0.001})).json();
    assert_eq!((&lone["points"], &lone["estimate"]["n"]), (&json!(1), &json!(2)), "{lone}");
    assert!(lone["estimate"]["prevented"].is_null() && lone["estimate"]["outcomes"][0]["baseline"].is_number());
    let pool = look(json!({"near": {"membership.pool_member": 0}, "width": 0.1})).json();
    assert_eq!(pool["points"], 6, "half of the points have the first word");
    for (body, reason) in [
        (json!({"near": {"services.analysts": 3}, "width": 0.1}), "no lever"),
        (json!({"near": {"services.case_officers": 1e9}, "width": 0.1}), "as the sweep has points"),
        (json!({"near": {}, "width": 0}), "above 0"),
        (json!({"policy": "nobody", "near": {}, "width": 0.1}), "analysts"),
    ] {
        let told = look(body.clone()).refused(422);
        assert!(told.contains(reason), "{body}: {told}");
    }
    assert!(served.post("run", b"{}").refused(422).contains("finished sweep"));
    assert!(served.post("save", b"{\"name\": \"x\"}").refused(422).contains("finished sweep"));
}

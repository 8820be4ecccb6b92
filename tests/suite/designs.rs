//! Designs, sensitivity, discovery and robustness as users meet them on the command line.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder of its own for each test, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("forestall-designs-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("scratch folder");
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("file written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forestall"));
        command.current_dir(&self.0).args(line.split_whitespace()).output().expect("program runs")
    }

    /// Standard output of a command that must succeed.
    fn done(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).to_string()
    }

    /// Standard error of a command that must leave with `code`, without a panic.
    fn refused(&self, line: &str, code: i32) -> String {
        let output = self.run(line);
        let told = String::from_utf8_lossy(&output.stderr).to_string();
        assert_eq!(output.status.code(), Some(code), "{line}: {told}");
        assert!(!told.contains("panicked"), "{told}");
        told
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.done(line)).expect("JSON")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const PROBLEM: &str = "[[parameters]]\nname = \"a\"\nlow = 0\nhigh = 1\n\n[[parameters]]\nname = \"b\"\nlow = -1\nhigh = \
                       1\n\n[[parameters]]\nname = \"c\"\nlow = 0\nhigh = 10\n";

/// The response of a user's own model, which reads columns by name: 6 a + b, and c does nothing.
fn respond(scratch: &Scratch, design: &str, skip: Option<usize>) {
    let text = scratch.read(design);
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let at = |name: &str| header.iter().position(|h| *h == name).expect("a column");
    let (a, b) = (at("a"), at("b"));
    let mut out = "y\n".to_owned();
    for (i, line) in lines.enumerate() {
        let cells: Vec<f64> = line.split(',').map(|c| c.parse().expect("a number")).collect();
        out += &if skip == Some(i) { "\n".to_owned() } else { format!("{}\n", 6.0 * cells[a] + cells[b]) };
    }
    scratch.write("y.csv", &out);
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is a number"))
}

const SOBOL: &str = "sensitivity --problem P.toml --design d/design.csv --response y.csv --method sobol --json -q";

#[test]
fn a_model_of_ones_own_from_plan_to_indices() {
    let scratch = Scratch::new("whole");
    scratch.write("P.toml", PROBLEM);
    scratch.done("sweep plan --problem P.toml --design saltelli --base 256 --second-order --seed 3 --out d");
    respond(&scratch, "d/design.csv", None);
    let found = scratch.json(SOBOL);
    assert_eq!(found["method"], "sobol");
    // Variances 36/12 and 4/12: shares 0.9, 0.1 and 0, the response being linear.
    for (row, exact) in [(0, 0.9), (1, 0.1), (2, 0.0)] {
        for index in ["first", "total"] {
            let e = &found["indices"][row][index];
            assert!((number(&e["estimate"]) - exact).abs() < 0.02, "{e}");
            assert!(number(&e["low"]) <= number(&e["estimate"]) && number(&e["estimate"]) <= number(&e["high"]));
        }
    }
    assert_eq!(found["second_order"].as_array().map(Vec::len), Some(3));
    assert!(number(&found["noise_share"]) < 0.05);
    let told = scratch.done(&format!("{} --out o", SOBOL.replace("--json", "")));
    assert!(told.starts_with("parameter") && told.contains("noise"), "{told}");
    for file in
        ["sensitivity.csv", "sensitivity.json", "convergence.csv", "charts/sensitivity.svg", "charts/sensitivity.png"]
    {
        assert!(scratch.0.join("o").join(file).is_file(), "{file} is missing");
    }
    for method in ["pawn", "delta"] {
        let found = scratch.json(&format!("{} --resamples 20", SOBOL.replace("sobol", method)));
        let name = if method == "pawn" { "median" } else { "delta" };
        let at = |row: usize| number(&found["indices"][row][name]["estimate"]);
        assert!(at(0) > at(1) && at(0) > at(2), "{method}");
        assert_eq!(found["noise_share"], Value::Null);
    }
}

#[test]
fn every_design_is_written_and_the_same_seed_gives_the_same_bytes() {
    let scratch = Scratch::new("every");
    scratch.write("P.toml", PROBLEM);
    for (design, rows) in [
        ("grid --base 3", 27),
        ("lhs --base 20", 20),
        ("lhs --base 20 --maximin", 20),
        ("sobol --base 16", 16),
        ("saltelli --base 8", 40),
        ("morris --base 5", 20),
    ] {
        for folder in ["one", "two"] {
            scratch.done(&format!("sweep plan --problem P.toml --design {design} --seed 4 --out {folder} -q"));
        }
        let text = scratch.read("one/design.csv");
        assert_eq!(text, scratch.read("two/design.csv"));
        assert_eq!(scratch.read("one/design.json"), scratch.read("two/design.json"));
        assert_eq!((text.lines().next(), text.lines().count()), (Some("a,b,c"), rows + 1), "{design}");
        if design.starts_with("morris") {
            respond(&scratch, "one/design.csv", None);
            let line = SOBOL.replace("sobol", "morris").replace("d/", "one/");
            let found = scratch.json(&line);
            assert!((number(&found["indices"][0]["mu_star"]["estimate"]) - 6.0).abs() < 1e-9);
        }
    }
}

#[test]
fn a_response_or_design_that_does_not_belong_is_refused() {
    let scratch = Scratch::new("refuse");
    scratch.write("P.toml", PROBLEM);
    scratch.done("sweep plan --problem P.toml --design saltelli --base 16 --out d -q");
    respond(&scratch, "d/design.csv", None);
    let whole = scratch.read("y.csv");
    scratch.write("y.csv", &whole.lines().take(40).map(|l| format!("{l}\n")).collect::<String>());
    assert!(scratch.refused(SOBOL, 5).contains("does not belong"));
    scratch.write(
        "y.csv",
        &whole.replacen("y\n", "y\nbroken\n", 1).lines().take(81).map(|l| format!("{l}\n")).collect::<String>(),
    );
    assert!(scratch.refused(SOBOL, 5).contains("`broken`"));
    scratch.write("y.csv", &whole);
    let design = scratch.read("d/design.csv");
    let lines: Vec<&str> = design.lines().collect();
    let mut swapped = lines.clone();
    swapped.swap(1, 2);
    scratch.write("d/design.csv", &swapped.iter().map(|l| format!("{l}\n")).collect::<String>());
    assert!(scratch.refused(SOBOL, 5).contains("not the design that was planned"));
    std::fs::remove_file(scratch.0.join("d/design.json")).expect("removed");
    assert!(scratch.refused(SOBOL, 2).contains("Saltelli"), "without the sidecar the points speak");
    scratch.write("d/design.csv", &design);
    scratch.done(SOBOL);
    scratch.write("d/design.csv", &design.replace("a,b,c", "a,b,z"));
    assert!(scratch.refused(SOBOL, 5).contains("no column `c`"));
}

#[test]
fn failed_runs_and_constant_responses_are_reported() {
    let scratch = Scratch::new("failed");
    scratch.write("P.toml", PROBLEM);
    scratch.done("sweep plan --problem P.toml --design saltelli --base 64 --out d -q");
    respond(&scratch, "d/design.csv", Some(7));
    let found = scratch.json(SOBOL);
    assert_eq!((&found["blocks"], &found["blocks_dropped"], &found["rows_failed"]), (&63.into(), &1.into(), &1.into()));
    scratch.write("y.csv", &format!("y\n{}", "0.3\n".repeat(320)));
    let found = scratch.json(SOBOL);
    assert_eq!(found["indices"][0]["first"]["estimate"], Value::Null);
    assert_eq!(found["noise_share"], Value::Null);
    assert!(scratch.done(&SOBOL.replace("--json", "")).contains("undefined"));
}

#[test]
fn mistakes_in_a_problem_or_a_request_say_what_would_be_right() {
    let scratch = Scratch::new("mistakes");
    scratch.write("P.toml", "[[parameters]]\nname = \"a\"\nlow = 2\nhigh = 1\n");
    let told = scratch.refused("sweep plan --problem P.toml --design lhs --base 4 --out d", 2);
    assert!(told.contains("P.toml:1:1") && told.contains("low < high") && told.contains("problem file"), "{told}");
    assert!(scratch.refused("sweep plan --problem none.toml --design lhs --base 4", 2).contains("none.toml"));
    scratch.write("P.toml", PROBLEM);
    for (line, words) in [
        ("--design lhs --base 0", "--base"),
        ("--design lhs --base 4 --second-order", "saltelli"),
        ("--design morris --base 4 --levels 5", "even"),
        ("--design grid --base 100000", "fewer levels"),
        ("--design lhs --base 4 --seed 99999999999999", "--seed"),
    ] {
        assert!(scratch.refused(&format!("sweep plan --problem P.toml {line} --out d"), 2).contains(words), "{line}");
    }
}

fn write_table(scratch: &Scratch, folder: &Path) {
    let text = std::fs::read_to_string(folder.join("planted.csv")).expect("fixture");
    scratch.write("T.csv", &text);
}

#[test]
fn boxes_are_found_in_an_outside_table() {
    let scratch = Scratch::new("boxes");
    write_table(&scratch, &PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prim"));
    let found = scratch.json("discover --table T.csv --outcome y --inside y==1 --peel 0.05 --json");
    let first = &found["boxes"][0];
    assert!(number(&first["coverage"]) > 0.7 && number(&first["density"]) > 0.8, "{first}");
    let names: Vec<&str> =
        first["limits"].as_array().expect("limits").iter().filter_map(|l| l["parameter"].as_str()).collect();
    assert!(names.contains(&"x1") && names.contains(&"x3"), "{names:?}");
    let limit = &first["limits"].as_array().expect("limits")[0];
    assert!(number(&limit["low"]) < number(&limit["high"]));
    let told = scratch.done("discover --table T.csv --outcome y --inside y==1 --out o");
    assert!(told.contains("coverage") && told.contains("quasi-p"), "{told}");
    for file in ["discovery.json", "charts/trade_off_1.png", "charts/box_1.svg"] {
        assert!(scratch.0.join("o").join(file).is_file(), "{file} is missing");
    }
    for (line, words) in [
        ("--outcome z --inside y==1", "no column `z`"),
        ("--outcome y --inside y=1", "condition"),
        ("--outcome y --inside y==7", "none of 600"),
        ("--outcome y --inside y==1 --peel 0.7", "--peel"),
        ("--outcome y --inside y==1 --step 999", "--step"),
    ] {
        assert!(scratch.refused(&format!("discover --table T.csv {line}"), 2).contains(words), "{line}");
    }
    assert!(scratch.refused("discover --table none.csv --outcome y --inside y==1", 2).contains("none.csv"));
    scratch.write("T.csv", "a,b\n1\n");
    assert!(scratch.refused("discover --table T.csv --outcome b --inside b==1", 5).contains("record 2"));
}

#[test]
fn policies_are_compared_across_futures() {
    let scratch = Scratch::new("robust");
    let mut text = "policy,future,attacks\n".to_owned();
    for future in 0..40 {
        text += &format!("steady,{future},5\nbold,{future},{}\n", if future % 4 == 0 { 11 } else { 3 });
    }
    scratch.write("R.csv", &text);
    let found = scratch.json("robust --table R.csv --outcome attacks --threshold 5 --json");
    let (first, second) = (&found["policies"][0], &found["policies"][1]);
    assert_eq!((first["policy"].as_str(), second["policy"].as_str()), (Some("steady"), Some("bold")));
    assert_eq!(number(&first["regret_max"]["estimate"]), 2.0);
    assert_eq!(number(&second["regret_mean"]["estimate"]), 1.5);
    assert_eq!(number(&second["satisficing"]["estimate"]), 0.75);
    assert_eq!(found["policies"][0]["regret_max"]["low"], Value::Null, "a largest value has no interval");
    scratch.done("robust --table R.csv --outcome attacks --out o");
    assert!(scratch.0.join("o/charts/regret.png").is_file());
    assert!(scratch.refused("robust --table R.csv --outcome attack", 2).contains("attacks"));
}

/// A fixed sequence of numbers that look random, in [0, 1).
fn scattered(count: u64, salt: u64) -> Vec<f64> {
    let mixed =
        |i: u64| (i + 1).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    (0..count).map(|i| (mixed(mixed(i) ^ (mixed(i) >> 29)) >> 11) as f64 / (1_u64 << 53) as f64).collect()
}

fn parameter(name: &str, rest: &str) -> String {
    format!("[[parameters]]\nname = {name:?}\n{rest}\n")
}

const DELTA: &str = "sensitivity --problem P.toml --design d.csv --response y.csv --method delta";

#[test]
fn the_order_of_rows_and_a_constant_column_give_no_index() {
    let scratch = Scratch::new("order");
    let unit = "low = 0\nhigh = 10";
    scratch.write("P.toml", &(parameter("strong", unit) + &parameter("inert", unit) + &parameter("fixed", unit)));
    let inert = scattered(512, 1);
    let rows: Vec<(String, String)> = (0..512_usize)
        .map(|i| {
            let strong = (i as f64 + 0.5) / 512.0;
            (format!("{strong},{},5\n", u8::from(inert[i] < 0.5)), format!("{}\n", strong * strong))
        })
        .collect();
    let write = |order: &[usize]| {
        let join =
            |pick: fn(&(String, String)) -> &String| order.iter().map(|i| pick(&rows[*i]).as_str()).collect::<String>();
        scratch.write("d.csv", &format!("strong,inert,fixed\n{}", join(|r| &r.0)));
        scratch.write("y.csv", &format!("y\n{}", join(|r| &r.1)));
    };
    let mut order: Vec<usize> = (0..512).collect();
    write(&order);
    let sorted = scratch.json(&format!("{DELTA} --json -q"));
    assert!(scratch.run(DELTA).status.success());
    let note = String::from_utf8_lossy(&scratch.run(DELTA).stderr).to_string();
    assert!(note.contains("`fixed` does not vary"), "{note}");
    let place = scattered(512, 2);
    order.sort_by(|a, b| place[*a].total_cmp(&place[*b]));
    write(&order);
    assert_eq!(scratch.json(&format!("{DELTA} --json -q"))["indices"], sorted["indices"]);
    assert_eq!(sorted["indices"][2]["delta"]["estimate"], Value::Null);
    assert!(number(&sorted["indices"][0]["delta"]["estimate"]) > 0.6);
    let inert = &sorted["indices"][1]["delta"];
    assert!(
        number(&inert["estimate"]) < 0.06 && number(&inert["low"]) >= 0.0 && number(&inert["high"]) < 0.2,
        "{inert}"
    );
}

/// A table with a box on `a` and `b`, its rows with a number and sorted by `y`.
fn boxed(rows: u64) -> Vec<(f64, f64, &'static str, u8)> {
    let (a, b, c) = (scattered(rows, 3), scattered(rows, 4), scattered(rows, 5));
    let mut all: Vec<_> = (0..rows as usize)
        .map(|i| (a[i], b[i], ["none", "notices", "pool"][(c[i] * 3.0) as usize], u8::from(a[i] >= 0.7 && b[i] <= 0.4)))
        .collect();
    all.sort_by_key(|row| std::cmp::Reverse(row.3));
    all
}

const BOXES: &str = "discover --table T.csv --outcome y --inside y==1";

#[test]
fn an_index_column_is_no_factor_and_no_outcome() {
    let scratch = Scratch::new("index");
    for (header, from) in [("\"\"", 1), ("", 0), ("Unnamed: 0", 0)] {
        let body = |(i, (a, b, c, y)): (usize, (f64, f64, &str, u8))| format!("{},{a},{b},{c},{y}\n", i + from);
        let rows: String = boxed(400).into_iter().enumerate().map(body).collect();
        scratch.write("T.csv", &format!("{header},a,b,regime,y\n{rows}"));
        let found = scratch.json(&format!("{BOXES} --json -q"));
        let limits = found["boxes"][0]["limits"].as_array().expect("limits");
        let names: Vec<&str> = limits.iter().filter_map(|l| l["parameter"].as_str()).collect();
        assert_eq!(names, ["a", "b"], "{header}");
    }
    scratch.write("P.toml", &parameter("x", "low = 0\nhigh = 1"));
    let x = scattered(60, 6);
    scratch.write("d.csv", &format!("x\n{}", x.iter().map(|x| format!("{x}\n")).collect::<String>()));
    let rows: String = x.iter().enumerate().map(|(i, x)| format!("{i},{x}\n")).collect();
    scratch.write("y.csv", &format!(",out\n{rows}"));
    assert_eq!(scratch.json(&format!("{DELTA} --json -q"))["outcome"], "out");
    scratch.write("y.csv", &format!(",out\n{}", rows.replacen("0,", "7,", 1)));
    assert!(scratch.refused(DELTA, 5).contains("does not count the rows"));
}

#[test]
fn a_number_column_with_an_odd_cell_is_refused_and_many_categories_are_left_out() {
    let scratch = Scratch::new("odd");
    let write = |rows: u64, odd: &str, id: bool| {
        let mut text = format!("a,b,regime{},y\n", if id { ",id" } else { "" });
        for (i, (a, b, c, y)) in boxed(rows).into_iter().enumerate() {
            let a = if i == 16 && !odd.is_empty() { odd.to_owned() } else { a.to_string() };
            text += &format!("{a},{b},{c}{},{y}\n", if id { format!(",run-{i}") } else { String::new() });
        }
        scratch.write("T.csv", &text);
    };
    for odd in ["#N/A", "-", ".", "5%", "1 234", "missing", "0x1F", "1_000", "\u{2212}0.5", "\"0,703\"", "\"1,378\""] {
        write(350, odd, false);
        let told = scratch.refused(BOXES, 5);
        assert!(told.contains("row 17 of column `a` is `") && told.contains(odd.trim_matches('"')), "{odd}: {told}");
        assert!(told.contains("--categories"), "{told}");
        // A column that is not looked at may be what it is.
        scratch.done(&format!("{BOXES} --parameters b,regime -q"));
    }
    // Named as one of names, it has too many to be a factor, which is said; and the search ends at once.
    write(2000, "#N/A", true);
    let began = std::time::Instant::now();
    let output = scratch.run(&format!("{BOXES} --categories a"));
    let told = String::from_utf8_lossy(&output.stderr).to_string();
    assert!(output.status.success() && began.elapsed().as_secs() < 20, "{told}");
    for name in ["a", "id"] {
        assert!(told.contains(&format!("column `{name}` left out: it has 2000 categories")), "{told}");
    }
    assert!(scratch.refused(&format!("{BOXES} --categories a --parameters id"), 2).contains("at most 50"));
    // Names that are one number are told, and kept apart where they are said to be names.
    let rows: String =
        (0..300).map(|i| format!("{},{}\n", ["1.1", "1.10", "2.0"][i % 3], u8::from(i % 3 == 1))).collect();
    scratch.write("T.csv", &format!("p,y\n{rows}"));
    let told = String::from_utf8_lossy(&scratch.run(BOXES).stderr).to_string();
    assert!(told.contains("`1.1` and `1.10` of column `p` are one number"), "{told}");
    let found = scratch.json(&format!("{BOXES} --categories p --json -q"));
    assert_eq!(found["boxes"][0]["limits"][0]["categories"], serde_json::json!(["1.10"]));
    // Infinite values are no missing ones.
    write(350, "inf", false);
    let output = scratch.run(BOXES);
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 rows left out: a value in them is infinite"));
}

#[test]
fn what_is_planned_is_read_whatever_its_names_look_like() {
    let scratch = Scratch::new("own");
    let response: String = (0..40).map(|i| format!("{i}\n")).collect();
    scratch.write("y.csv", &format!("y\n{response}"));
    let categories = |a: &str, b: &str| {
        parameter("p", &format!("categories = [{a:?}, {b:?}]")) + &parameter("q", "low = 0\nhigh = 1")
    };
    let problems = [
        categories("true", "false"),
        categories("01", "02"),
        categories("1.0", "2.0"),
        categories("none", "na"),
        categories(" a", "b "),
        categories("1e3", "1000"),
        parameter("1", "low = 0\nhigh = 1") + &parameter("2", "low = 0\nhigh = 1"),
    ];
    for problem in problems {
        scratch.write("P.toml", &problem);
        scratch.done("sweep plan --problem P.toml --design lhs --base 40 --out plan -q");
        for method in ["delta", "pawn"] {
            scratch.done(&format!(
                "sensitivity --problem P.toml --design plan/design.csv --response y.csv --method {method} --resamples 5"
            ));
        }
    }
    scratch.write("P.toml", &parameter("row", "low = 0\nhigh = 1"));
    assert!(scratch.refused("sweep plan --problem P.toml --design lhs --base 4 --out plan", 2).contains("`row`"));
}

#[test]
fn whole_numbers_are_equally_likely_in_every_design() {
    let scratch = Scratch::new("whole");
    scratch
        .write("P.toml", &(parameter("n", "low = 0\nhigh = 3\nwhole = true") + &parameter("q", "low = 0\nhigh = 1")));
    for (design, each) in [("lhs --base 2400", 600), ("sobol --base 1024", 256), ("grid --base 4", 4)] {
        scratch.done(&format!("sweep plan --problem P.toml --design {design} --out plan -q"));
        let text = scratch.read("plan/design.csv");
        for value in 0..4 {
            let found = text.lines().skip(1).filter(|line| line.starts_with(&format!("{value},"))).count();
            assert_eq!(found, each, "{design}: {value}");
        }
    }
}

#[test]
fn levers_that_are_whole_numbers_are_equally_likely_and_need_two_of_them() {
    let scratch = Scratch::new("lever");
    let scenario = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/quickstart.toml");
    let plan = |lever: &str| {
        format!(
            "sweep plan {} --no-uncertain --lever {lever} --design lhs --points 40 --no-pilot --out s",
            scenario.display()
        )
    };
    let folder = scratch.done(&plan("services.analysts=0..3"));
    let design = scratch.0.join(folder.trim()).join("design.parquet");
    let table = forestall_study::rooms::results::parquet_file::read(&design).expect("design");
    for value in 0..4 {
        let found = table.numbers_where("services.analysts", |_| true).into_iter().filter(|n| *n == f64::from(value));
        assert_eq!(found.count(), 10, "{value}");
    }
    assert!(scratch.refused(&plan("services.analysts=0.2..0.8"), 2).contains("a whole number"));
    assert!(scratch.refused(&plan("services.analysts=3..3"), 2).contains("not below"));
    assert!(scratch.refused(&plan("services.analysts=0..1e999"), 2).contains("LOW..HIGH"));
    assert!(scratch.refused(&plan("membership.pool_member=true|true"), 2).contains("twice"));
}

#[test]
fn a_range_that_cannot_be_sampled_is_refused_with_its_place() {
    let scratch = Scratch::new("dead");
    for range in [
        "normal = { mean = 0, sd = 1 }\nlow = 9",
        "uniform = { low = 0, high = 1 }\nlow = 2",
        "lognormal = { median = 1, sigma = 0.5 }\nhigh = 0",
        "low = -1e308\nhigh = 1e308",
        "lognormal = { median = 1, sigma = 500 }",
        "low = 0.2\nhigh = 0.8\nwhole = true",
    ] {
        scratch.write("P.toml", &parameter("p", range));
        let told = scratch.refused("sweep plan --problem P.toml --design lhs --base 24 --out p", 2);
        assert!(told.contains("P.toml:1:1") && told.contains("expected"), "{range}: {told}");
        assert!(!scratch.0.join("p/design.csv").exists());
    }
}

#[test]
fn names_of_policies_and_futures_are_text() {
    let scratch = Scratch::new("labels");
    for (policies, futures) in [
        (&["1.1", "1.10", "2.0"][..], &["1", "2"][..]),
        (&["NA", "none", "1", "2"], &["true", "false"]),
        (&["a", "b"], &["10000000000000000001", "10000000000000000002", "10000000000000000003"]),
    ] {
        let rows = policies.iter().enumerate().flat_map(|(i, p)| futures.iter().map(move |f| format!("{p},{f},{i}\n")));
        scratch.write("R.csv", &format!("policy,future,attacks\n{}", rows.collect::<String>()));
        let found = scratch.json("robust --table R.csv --outcome attacks --resamples 20 --json -q");
        let names: Vec<&str> =
            found["policies"].as_array().expect("rows").iter().filter_map(|row| row["policy"].as_str()).collect();
        assert_eq!(names, policies);
        assert_eq!(found["futures"], futures.len());
    }
    scratch.write("R.csv", "policy,future,attacks\na,1,5\nb,1,high\na,2,1\nb,2,3\n");
    assert!(
        scratch.refused("robust --table R.csv --outcome attacks", 5).contains("row 2 of column `attacks` is `high`")
    );
    scratch.write("R.csv", "policy,future,attacks\na,1,5\n,1,4\na,2,1\nb,2,3\n");
    assert!(scratch.refused("robust --table R.csv --outcome attacks", 5).contains("row 2 of column `policy` is empty"));
}

//! `[[sharing]]`: who is named, what holds from when, and every mistake with its place.

use super::super::pairs::Pair;
use super::super::resolved::Scenario;
use super::super::{LoadOptions, Plan};
use super::errors::place;
use super::{HEAD, load_files, load_text};

/// Three countries; what follows begins on line 12.
fn text(rest: &str) -> String {
    format!("{HEAD}code = \"A\"\n[[countries]]\ncode = \"B\"\n[[countries]]\ncode = \"C\"\n{rest}")
}

fn plan(rest: &str) -> Plan {
    load_text(&text(rest)).unwrap_or_else(|all| panic!("{}", super::super::Diagnostics(all)))
}

/// Times and settings from A to B, from B to A and from A to C.
fn told(scenario: &Scenario) -> Vec<(f64, [String; 3])> {
    let of = |s: &super::super::resolved::Snapshot, owner, reader| {
        s.values.pairs.as_deref().map_or(Pair::OPEN, |pairs| *pairs.of(owner, reader)).words()
    };
    scenario.snapshots.iter().map(|s| (s.time, [of(s, 0, 1), of(s, 1, 0), of(s, 0, 2)])).collect()
}

fn words(a: &str, b: &str, c: &str) -> [String; 3] {
    [a, b, c].map(str::to_owned)
}

const OPEN: &str = "notices and pool";

#[test]
fn the_later_entry_of_a_pair_holds_until_it_ends() {
    let plan = plan(
        "[[sharing]]\nfrom = 2014-03-01\nuntil = 2014-03-10\nowner = [\"A\"]\nreader = [\"B\"]\nregime = \"notices\"\n\
         read_share = 0.5\n[[sharing]]\nbetween = [\"B\", \"A\"]\nregime = \"none\"\n[[sharing]]\nbetween = [\"A\", \"B\", \
         \"C\"]\nfrom = 2014-02-01\nregime = \"pool\"\nwarnings = false\n",
    );
    let pool = "pool without warnings";
    assert_eq!(
        told(&plan.arm(None).unwrap()),
        [
            (0.0, words("none", "none", OPEN)),
            (31.0, words(pool, pool, pool)),
            (59.0, words("notices, read with 0.5", pool, pool)),
            (69.0, words(pool, pool, pool)),
        ]
    );
}

#[test]
fn a_policys_entries_take_its_dates_and_win() {
    let plan = plan(
        "[[sharing]]\nfrom = 2014-06-01\nbetween = [\"A\", \"B\"]\nregime = \"none\"\n[policies.p]\nfrom = 2014-02-01\n\
         until = 2014-06-30\n[[policies.p.sharing]]\nowner = [\"A\"]\nreader = [\"B\"]\nregime = \"notices\"\nanswer_days = 3\n\
         [[policies.p.sharing]]\nfrom = 2014-03-01\nuntil = 2014-12-31\nowner = [\"A\"]\nreader = [\"C\"]\nregime = \"none\"\n\
         [policies.q]\nset = { \"services.analysts\" = 3 }\n",
    );
    let quick = "notices, answered in 3 days";
    assert_eq!(
        told(&plan.arm(Some("p")).unwrap()),
        [
            (0.0, words(OPEN, OPEN, OPEN)),
            (31.0, words(quick, OPEN, OPEN)),
            (59.0, words(quick, OPEN, "none")),
            (151.0, words(quick, "none", "none")),
            (181.0, words("none", "none", "none")),
        ]
    );
    assert_eq!(told(&plan.arm(Some("q")).unwrap()), told(&plan.arm(None).unwrap()));
    assert!(plan.warnings.is_empty());
}

#[test]
fn what_holds_anyway_is_no_table_at_all() {
    let plan = plan(
        "[[sharing]]\nbetween = [\"A\", \"B\"]\nfrom = 2014-03-01\nregime = \"notices and pool\"\nwarnings = true\n\
         [policies.p]\n[[policies.p.sharing]]\nbetween = [\"A\", \"C\"]\nregime = \"notices and pool\"\n",
    );
    let scenario = plan.arm(None).unwrap();
    assert_eq!((scenario.snapshots.len(), &scenario.snapshots[0].values.pairs), (1, &None));
    assert!(plan.warnings.iter().any(|w| w.message.contains("policy `p` changes nothing")));
}

#[test]
fn an_entry_replaces_its_like_in_an_extended_file() {
    let base = "schema_version = 1\n[[sharing]]\nbetween = [\"B\", \"A\"]\nregime = \"none\"\n[[sharing]]\nowner = [\"A\"]\n\
                reader = [\"C\"]\nregime = \"pool\"\n";
    let load = |rest: &str| {
        load_files(
            &format!("extends = \"base.toml\"\n{}", text(rest)),
            &[("dir/base.toml", base)],
            &LoadOptions::default(),
        )
    };
    let plan = load("[[sharing]]\nbetween = [\"A\", \"B\"]\nregime = \"notices\"\n").unwrap();
    assert_eq!(told(&plan.arm(None).unwrap()), [(0.0, words("notices", "notices", "pool"))]);
    // Other countries and the same date: which of the two holds would be a guess.
    let all = load("[[sharing]]\nowner = [\"A\"]\nreader = [\"B\"]\nregime = \"notices\"\n").map(|_| ()).unwrap_err();
    assert!(all[0].to_string().contains("dir/base.toml:2 says it too"), "{}", all[0]);
}

/// Loads three countries and `rest`, which begins on line 12, and finds exactly one error there.
#[track_caller]
fn one(rest: &str, line: usize, column: usize, parts: &[&str]) {
    place(&text(rest), line, column, parts);
}

#[test]
fn who_is_named_is_checked() {
    let with = |who: &str| format!("[[sharing]]\n{who}\nregime = \"none\"\n");
    let between = |list: &str| with(&format!("between = {list}"));
    one(
        &between("[\"A\", \"BB\"]"),
        13,
        17,
        &["`BB` is not in the scenario's countries", "one of A, B, C", "did you mean `B`?"],
    );
    one(&between("[\"A\", \"A\"]"), 13, 17, &["`A` stands twice in `between`"]);
    one(&between("[]"), 13, 11, &["`between` names no country", "an empty list"]);
    one(&between("[\"A\"]"), 13, 11, &["names one country only", "found: A", "`owner = [\"FR\"]`"]);
    one(&between("\"A\""), 13, 11, &["`between` cannot have this value", "a list of country codes"]);
    one(&between("[\"A\", 3]"), 13, 17, &["a text in double quotes"]);
    one(&with("owner = [\"A\"]"), 12, 1, &["has `owner` and no `reader`"]);
    one(&with("reader = [\"A\"]"), 12, 1, &["has `reader` and no `owner`"]);
    one(&with("owner = [\"A\"]\nreader = [\"B\", \"A\"]"), 14, 10, &["`A` is owner and reader at once", "`between`"]);
    one(&with("owner = [\"A\"]\nreader = []"), 14, 10, &["`reader` names no country"]);
    one(&with("owner = [\"A\"]\nbetween = [\"B\", \"C\"]"), 12, 1, &["mutual and in one direction at once"]);
    one(&with(""), 12, 1, &["names no countries", "`between`, or `owner` and `reader`"]);
}

#[test]
fn what_passes_is_checked() {
    let with = |what: &str| format!("[[sharing]]\nbetween = [\"A\", \"B\"]\n{what}\n");
    one(
        &with("regime = \"notice\""),
        14,
        10,
        &["\"none\", \"notices\", \"pool\", \"notices and pool\"", "did you mean `notices`?"],
    );
    one(&with("regime = 3"), 14, 10, &["found: the number 3"]);
    one(&with(""), 12, 1, &["this sharing has no `regime`", "one of \"none\""]);
    one(&with("regime = \"notices\"\nread_share = 90"), 15, 14, &["a share from 0 to 1", "write 0.9"]);
    one(&with("regime = \"notices\"\nanswer_days = -1"), 15, 15, &["a number from 0 to 10000"]);
    one(&with("regime = \"pool\"\nread_share = 0.9"), 15, 14, &["means nothing where no notices pass"]);
    one(&with("regime = \"none\"\nwarnings = 1"), 15, 12, &["true or false"]);
    one(
        &with("regime = \"none\"\nread_shar = 1"),
        15,
        1,
        &["unknown key in [[sharing]]", "did you mean `read_share`?"],
    );
    one("[sharing]\nregime = \"none\"\n", 12, 1, &["a list of tables, each headed [[sharing]]"]);
}

#[test]
fn dates_are_checked() {
    let with = |date: &str| format!("[[sharing]]\nbetween = [\"A\", \"B\"]\nregime = \"none\"\n{date}\n");
    one(&with("from = 2016-01-01"), 15, 8, &["begins outside the scenario", "from 2014-01-01 to 2014-12-31"]);
    one(&with("from = \"2014-02-01\""), 15, 8, &["without quotes: 2014-02-01"]);
    one(&with("from = 2014-03-01\nuntil = 2014-02-01"), 16, 9, &["ends before it begins"]);
    let dated = with("from = 2014-02-01");
    let again = "[[sharing]]\nowner = [\"B\"]\nreader = [\"A\"]\nregime = \"pool\"\nfrom = 2014-02-01\n";
    let parts = ["what B shares with A from 2014-02-01 on is said twice", "dir/main.toml:12 says it too"];
    one(&format!("{dated}{again}"), 16, 1, &parts);
    let undated = with("");
    one(&format!("{undated}{undated}"), 16, 1, &["what A shares with B from the beginning on is said twice"]);
}

#[test]
fn a_policys_sharing_is_checked_too() {
    let with = |head: &str, rest: &str| format!("[policies.p]\n{head}\n[[policies.p.sharing]]\n{rest}\n");
    let right = "between = [\"A\", \"B\"]\nregime = \"none\"";
    one(&with("", "between = [\"A\", \"D\"]\nregime = \"none\""), 15, 17, &["`D` is not in the scenario's countries"]);
    one(
        &with("", &format!("{right}\nform = 2014-02-01")),
        17,
        1,
        &["unknown key in [[policies.p.sharing]]", "`from`?"],
    );
    one(&with("", &format!("{right}\nfrom = 2013-02-01")), 17, 8, &["begins outside the scenario"]);
    let late = format!("{right}\nfrom = 2014-06-01");
    one(
        &with("until = 2014-05-01", &late),
        17,
        8,
        &["begins after the last day of its policy", "a date up to 2014-05-01"],
    );
    // Without dates both begin with the policy.
    let twice = format!("{right}\n[[policies.p.sharing]]\n{right}\nfrom = 2014-02-01");
    one(&with("from = 2014-02-01", &twice), 17, 1, &["from 2014-02-01 on is said twice"]);
}

#[test]
fn a_ramp_passes_from_what_held_before() {
    let plan = plan(
        "[[sharing]]\nowner = [\"A\"]\nreader = [\"B\"]\nregime = \"notices\"\nread_share = 0.2\nanswer_days = 40\n\
         [[sharing]]\nfrom = 2014-02-01\nramp_days = 20\nramp_step_days = 10\nowner = [\"A\"]\nreader = [\"B\"]\n\
         regime = \"notices and pool\"\nread_share = 0.6\nanswer_days = 10\n[[sharing]]\nowner = [\"A\"]\n\
         reader = [\"C\"]\nregime = \"notices\"\nread_share = 0.4\n[[sharing]]\nfrom = 2014-02-01\nramp_days = 20\n\
         ramp_step_days = 10\nowner = [\"A\"]\nreader = [\"C\"]\nregime = \"none\"\n",
    );
    let told = told(&plan.arm(None).unwrap());
    let ab: Vec<(f64, &str)> = told.iter().map(|(t, [ab, _, _])| (*t, ab.as_str())).collect();
    assert_eq!(
        ab,
        [
            (0.0, "notices, read with 0.2, answered in 40 days"),
            (31.0, "notices and pool, read with 0.4, answered in 25 days"),
            (41.0, "notices and pool, read with 0.6, answered in 10 days"),
        ]
    );
    // What closes stays until the last step, with half of its share at the first of two.
    let ac: Vec<&str> = told.iter().map(|(_, [_, _, ac])| ac.as_str()).collect();
    assert_eq!(ac, ["notices, read with 0.4", "notices, read with 0.2", "none"]);
}

#[test]
fn a_ramp_needs_a_first_day() {
    let text = text("[[sharing]]\nbetween = [\"A\", \"B\"]\nramp_days = 20\nregime = \"none\"\n");
    place(&text, 14, 13, &["no day on which it begins"]);
}

#[test]
fn a_pair_can_be_held() {
    let rest = "[[sharing]]\nfrom = 2014-06-01\nowner = [\"B\"]\nreader = [\"A\"]\nregime = \"none\"\n";
    let load = |sets: &[&str]| {
        let sets = sets.iter().map(|s| (*s).to_owned()).collect();
        load_files(&text(rest), &[], &LoadOptions { sets, ..LoadOptions::default() })
    };
    let held = load(&["sharing.A.B.regime=notices", "sharing.A.*.answer_days=7"]).unwrap();
    let (ab, ac) = ("notices, answered in 7 days", "notices and pool, answered in 7 days");
    let expected = [(0.0, words(ab, OPEN, ac)), (151.0, words(ab, "none", ac))];
    assert_eq!(told(&held.arm(None).unwrap()), expected);
    let again = load_text(&held.resolved_toml()).unwrap();
    assert_eq!(told(&again.arm(None).unwrap()), expected);
    assert_eq!(again.fingerprint_text(), held.fingerprint_text());
    // What an entry speaks of is held only where it is marked.
    let message = super::super::Diagnostics(load(&["sharing.*.A.regime=pool"]).unwrap_err()).to_string();
    assert!(
        message.contains("speaks of the pair too") && message.contains("sharing.*.A.regime!=\"pool\""),
        "{message}"
    );
    let over = load(&["sharing.*.A.regime!=pool"]).unwrap();
    assert_eq!(told(&over.arm(None).unwrap()), [(0.0, words(OPEN, "pool", OPEN))]);
    // What acts on nothing is told, wherever it comes from that no notices pass.
    for sets in [
        &["sharing.A.B.regime=pool", "sharing.A.B.answer_days=7"][..],
        &["sharing.A.*.regime=none", "sharing.A.C.read_share=0.9"],
    ] {
        let message = super::super::Diagnostics(load(sets).unwrap_err()).to_string();
        assert!(message.contains("acts on nothing: no notices pass there"), "{sets:?}: {message}");
    }
    assert!(load(&["sharing.A.*.regime=pool", "sharing.*.C.answer_days=7"]).is_ok(), "it acts between B and C");
    for (set, wrong) in [
        ("sharing.A.D.regime=none", "not in the scenario's countries"),
        ("sharing.A.B.regim=none", "no setting `regim`"),
        ("sharing.A.A.regime=none", "owner and reader"),
        ("sharing.A.B=none", "no path"),
        ("sharing.A.B.read_share=1.5", "a share from 0 to 1"),
    ] {
        let message = super::super::Diagnostics(load(&[set]).unwrap_err()).to_string();
        assert!(message.contains(wrong), "{set}: {message}");
    }
}

//! M29, pairs: what passes between two countries, in which direction, and from which day.
//!
//! Beside exact sequences on tiny worlds stand equalities on the busy world: what pairs say must come to the same
//! facts, bit for bit, as the parameter that says the same of one country, because no draw is asked anew.

use forestall_model::{Fact, FactKind as K};
use forestall_study::rooms::replay::Levers;

use super::{BACK_BY_B, HOLDS, TRANSIT, TWO, expect, first, kinds, number, story, tiny};
use crate::worlds::{BUSY, digest, facts, try_plan};

/// A country beside the two, to which nothing ever comes.
const THREE: &str = r#"
[[countries]]
code = "C"
name = "Country C"
residents = 1_000_000
neighbourhood_residents = 1_000_000
receptivity_skew = 0
entry_weight = 0
"#;

/// Someone of A leaves, nothing stops it, and the departure is known; all are members of the pool.
const LEFT: [&str; 8] = [
    HOLDS,
    "travel.per_year=10",
    "travel.family_tip_share=0",
    "travel.passport_ban_share=0",
    "travel.exit_check_share=0",
    "travel.departure_known_share=1",
    "pooled_database.lag_days=0",
    "membership.pool_member=true",
];
const NOTICES: [&str; 2] = ["notices.issue_share=1", "notices.read_share=1"];
const POOLED: [&str; 1] = ["pooled_database.contribution_share=1"];

fn back(sharing: &str, more: &[&str]) -> Vec<Fact> {
    story(&format!("{TWO}{THREE}{sharing}"), &[&LEFT[..], &BACK_BY_B, more].concat())
}

/// One entry of `[[sharing]]`.
fn entry(who: &str, rest: &str) -> String {
    format!("[[sharing]]\n{who}\n{rest}\n")
}

#[test]
fn m29_pairs_decide_who_reads_a_notice() {
    let found =
        [(K::Departed, None), (K::NoticeIssued, Some(0)), (K::Returned, Some(0)), (K::ReturneeIdentified, Some(2))];
    let missed =
        [(K::Departed, None), (K::NoticeIssued, Some(0)), (K::Returned, Some(0)), (K::ReturneeMissed, Some(2))];
    let a_to_b = "owner = [\"A\"]\nreader = [\"B\"]";
    expect(&back("", &NOTICES), true, &found);
    for (who, rest, seen) in [
        ("between = [\"A\", \"B\"]", "regime = \"none\"", false),
        ("between = [\"A\", \"B\"]", "regime = \"notices\"", true),
        ("between = [\"A\", \"B\"]", "regime = \"pool\"", false),
        ("between = [\"A\", \"B\", \"C\"]", "regime = \"none\"", false),
        ("between = [\"A\", \"C\"]", "regime = \"none\"", true),
        (a_to_b, "regime = \"none\"", false),
        ("owner = [\"B\"]\nreader = [\"A\"]", "regime = \"none\"", true),
        ("owner = [\"A\"]\nreader = [\"B\", \"C\"]", "regime = \"none\"", false),
        (a_to_b, "regime = \"notices\"\nread_share = 0", false),
        (a_to_b, "regime = \"notices\"\nread_share = 1", true),
    ] {
        let facts = back(&entry(who, rest), &NOTICES);
        expect(&facts, true, if seen { &found } else { &missed });
    }
    // The pair's chance stands in place of the reader's own.
    let own = ["notices.issue_share=1", "notices.read_share=0"];
    expect(&back("", &own), true, &missed);
    expect(&back(&entry(a_to_b, "regime = \"notices\"\nread_share = 1"), &own), true, &found);
}

#[test]
fn m29_pairs_decide_who_sees_the_pool() {
    let found =
        [(K::Departed, None), (K::RecordPooled, Some(0)), (K::Returned, Some(0)), (K::ReturneeIdentified, Some(2))];
    expect(&back("", &POOLED), true, &found);
    for (who, regime, seen) in [
        ("owner = [\"A\"]\nreader = [\"B\"]", "none", false),
        ("owner = [\"A\"]\nreader = [\"B\"]", "notices", false),
        ("owner = [\"A\"]\nreader = [\"B\"]", "pool", true),
        ("owner = [\"B\"]\nreader = [\"A\"]", "notices", true),
        ("between = [\"B\", \"C\"]", "none", true),
    ] {
        let facts = back(&entry(who, &format!("regime = \"{regime}\"")), &POOLED);
        assert_eq!(facts.last().map(|f| f.kind == K::ReturneeIdentified), Some(seen), "{who} {regime}");
    }
    // No pair makes a member of a country that is none.
    let alone = [&POOLED[..], &["countries.B.membership.pool_member=false"]].concat();
    let open = entry("between = [\"A\", \"B\"]", "regime = \"pool\"");
    assert_eq!(kinds(&back(&open, &alone)).last(), Some(&K::ReturneeMissed));
}

/// Whether each of many who come back was recognised, with the day of the return.
fn returns(facts: &[Fact]) -> Vec<(f64, bool)> {
    let pairs = facts.windows(2).filter(|w| w[0].kind == K::Returned);
    pairs.map(|w| (w[0].time, w[1].kind == K::ReturneeIdentified)).collect()
}

#[test]
fn m29_pairs_open_and_shut_on_their_days() {
    let shut = entry("between = [\"A\", \"B\"]", "regime = \"none\"");
    let open =
        entry("owner = [\"A\"]\nreader = [\"B\"]", "from = 2010-03-01\nuntil = 2010-03-31\nregime = \"notices\"");
    let many = [&NOTICES[..], &["countries.A.start.committed=400"]].concat();
    let all = returns(&back(&format!("{shut}{open}"), &many));
    // Days 59 to 89 are March; what was issued before it is read in it.
    let inside = |day: f64| (59.0..90.0).contains(&day);
    assert!(all.iter().all(|(day, seen)| *seen == inside(*day)), "{all:?}");
    let counts = [all.iter().filter(|r| r.0 < 59.0).count(), all.iter().filter(|r| inside(r.0)).count()];
    assert!(counts.iter().all(|n| *n > 50) && all.iter().any(|r| r.0 >= 90.0), "{counts:?} of {}", all.len());
    let issued_before = number(&back(&format!("{shut}{open}"), &many), K::NoticeIssued);
    assert_eq!(issued_before, number(&back("", &many), K::NoticeIssued), "what is issued does not depend on pairs");
}

#[test]
fn m29_pairs_of_a_policy_lie_above_those_of_the_baseline() {
    let text = format!(
        "{TWO}{THREE}{}[policies.p]\nfrom = 2010-03-01\n[[policies.p.sharing]]\nbetween = [\"A\", \"B\"]\nregime = \"notices\"\n",
        entry("between = [\"A\", \"B\"]", "regime = \"none\"")
    );
    let plan = tiny(&text, &[&LEFT[..], &BACK_BY_B, &NOTICES, &["countries.A.start.committed=400"]].concat());
    let baseline = returns(&facts(&plan, None, 0).0);
    let policy = returns(&facts(&plan, Some("p"), 0).0);
    assert!(baseline.iter().all(|r| !r.1) && baseline.len() > 100);
    assert!(policy.iter().all(|(day, seen)| *seen == (*day >= 59.0)) && policy.iter().any(|r| r.1));
}

#[test]
fn m29_pairs_decide_which_partner_warns_whom() {
    let world = |sharing: &str| {
        let sets = [&LEFT[..], &BACK_BY_B, &["countries.T.membership.warns_partners=true", "returns.warning_share=1"]]
            .concat();
        kinds(&story(
            &format!("{TWO}{THREE}{TRANSIT}{sharing}"),
            &[&sets[..], &["returns.warning_acted_share=1"]].concat(),
        ))
    };
    let warned = [K::Departed, K::Returned, K::WarningReceived, K::ReturneeIdentified];
    let alone = [K::Departed, K::Returned, K::ReturneeMissed];
    let to_a = "owner = [\"T\"]\nreader = [\"A\"]";
    assert_eq!(world(""), warned);
    assert_eq!(world(&entry(to_a, "regime = \"none\"")), alone, "none means none");
    assert_eq!(world(&entry(to_a, "regime = \"none\"\nwarnings = true")), warned);
    assert_eq!(world(&entry(to_a, "regime = \"notices and pool\"\nwarnings = false")), alone);
    assert_eq!(world(&entry(to_a, "regime = \"notices\"")), warned);
    assert_eq!(world(&entry("owner = [\"T\"]\nreader = [\"B\"]", "regime = \"none\"")), warned, "the home is warned");
}

/// One who is sent from A prepares in B; all signs are seen in A alone, and each is enough to tell of the plot.
fn link(sharing: &str) -> Vec<Fact> {
    let sets = [
        HOLDS,
        "start.fighters_abroad=0",
        "countries.A.start.fighters_abroad=1",
        "start.abroad_known_share=0",
        "abroad.attached_share=1",
        "abroad.training_days=0",
        "territory.dispatch_per_trained_per_year=20",
        "territory.companions_mean=0",
        "place.dispatched_abroad_share=1",
        "countries.A.campaign_weight=0",
        "countries.B.campaign_weight=1",
        "work.task_days=10000",
        "work.signs_per_task_and_person=500",
        "detection.elsewhere_share=1",
        "detection.visible_unknown_share=1",
        "detection.visible_closed_share=1",
        "countries.B.detection.visible_unknown_share=0",
        "countries.B.detection.visible_closed_share=0",
        "detection.background_per_year=0",
        "triage.sensitivity=0",
        "subjects.files_kept=true",
        "subjects.cases_per_officer=0",
        "intervention.threshold_log_odds=4",
        "intervention.officers_per_intervention=0",
        "membership.pool_member=true",
        "pooled_database.contribution_share=1",
        "pooled_database.lag_days=0",
        "link_analysis.central_analysts=1",
        "link_analysis.pairs_per_analyst_per_day=100",
        "link_analysis.false_match_share=0",
    ];
    story(&format!("{TWO}{sharing}"), &sets)
}

#[test]
fn m29_pairs_the_desk_tells_a_service_only_what_its_pairs_let_through() {
    let a_to_b = "owner = [\"A\"]\nreader = [\"B\"]";
    assert!(number(&link(""), K::LinkFound) > 0);
    assert!(number(&link(&entry("owner = [\"B\"]\nreader = [\"A\"]", "regime = \"none\"")), K::LinkFound) > 0);
    let shut = link(&entry(a_to_b, "regime = \"notices\""));
    assert_eq!(number(&shut, K::LinkFound), 0);
    assert!(number(&shut, K::LinkMissed) > 10, "the desk links and may not tell");
    let from = entry(a_to_b, "from = 2010-09-01\nregime = \"pool\"");
    let late = link(&format!("{}{from}", entry(a_to_b, "regime = \"none\"")));
    let found = first(&late, K::LinkFound);
    assert!((243.0..365.0).contains(&found), "{found}: at the first fragment after 1 September");
}

/// What makes sharing matter in the busy world: people known elsewhere leave signs, return and are asked about.
const SHARED: [&str; 14] = [
    "intervention.officers_per_intervention=0",
    "detection.visible_unknown_share=0.2",
    "detection.visible_closed_share=0.6",
    "detection.visible_open_share=0.8",
    "detection.elsewhere_share=0.9",
    "place.preparation_abroad_share=1",
    "territory.dispatch_per_trained_per_year=3",
    "notices.issue_share=0.8",
    "notices.answer_evidence=10",
    "notices.answer_load_factor=0",
    "pooled_database.contribution_share=0.2",
    "returns.learnt_later_share=0",
    "countries.BB.services.border_inspections_per_month=5000",
    "countries.CC.services.border_inspections_per_month=5000",
];

/// The facts of a year of the busy world with a third country, all but the costs and what `leave_out` names.
fn busy(sharing: &str, sets: &[&str], leave_out: &[K]) -> u64 {
    let third = r#"
[[countries]]
code = "CC"
name = "Country C"
languages = ["a"]
residents = 4_000_000
services = { analysts = 2, surveillance_officers = 90, case_officers = 40, border_inspections_per_month = 60, undercover_personas = 4 }
"#;
    let sets: Vec<String> = SHARED.iter().chain(sets).map(ToString::to_string).collect();
    let plan = try_plan(&format!("{BUSY}{third}{sharing}"), &sets).unwrap_or_else(|d| panic!("{d}"));
    let mut all = facts(&plan, None, 0).0;
    all.retain(|f| !matches!(f.kind, K::ParametersChanged));
    digest(&all, &[leave_out, &[K::Cost]].concat())
}

const ALL: &str = "between = [\"AA\", \"BB\", \"CC\", \"TT\"]";

#[test]
fn m29_pairs_that_say_what_holds_anyway_change_nothing() {
    let plain = busy("", &[], &[]);
    assert_eq!(busy(&entry(ALL, "regime = \"notices and pool\""), &[], &[]), plain);
    assert_eq!(busy(&entry(ALL, "from = 2015-04-01\nregime = \"notices and pool\""), &[], &[]), plain);
    // A setting of their own with the same values goes by owner and must come to the same.
    let same = "regime = \"notices and pool\"\nread_share = 0.4\nanswer_days = 2";
    assert_eq!(busy(&entry(ALL, same), &[], &[]), plain);
    assert_ne!(busy(&entry(ALL, "regime = \"none\""), &[], &[]), plain, "the world hears pairs");
}

#[test]
fn m29_pairs_towards_one_reader_equal_the_readers_own_parameters() {
    let into_b = "owner = [\"AA\", \"CC\", \"TT\"]\nreader = [\"BB\"]";
    let mut told = vec![busy("", &[], &[])];
    for (rest, sets) in [
        ("regime = \"notices and pool\"\nread_share = 0.9", ["countries.BB.notices.read_share=0.9"]),
        ("regime = \"notices and pool\"\nanswer_days = 60", ["countries.BB.notices.answer_days=60"]),
    ] {
        let by_pairs = busy(&entry(into_b, rest), &[], &[]);
        assert_eq!(by_pairs, busy("", &sets, &[]), "{rest}");
        told.push(by_pairs);
    }
    // Shut altogether, for a country that is no member: as if it neither read nor asked. Where others' records help
    // to find a wanted person, and where the desk tells a country that is no member, the two differ on purpose: so
    // nobody needs to be found, and there is no desk.
    let base = [
        "subjects.locate_per_officer_per_day=0",
        "link_analysis.central_analysts=0",
        "countries.BB.membership.pool_member=false",
    ];
    let deaf = ["countries.BB.notices.read_share=0", "countries.BB.notices.query_share=0"];
    let shut = entry(into_b, "regime = \"none\"\nwarnings = true");
    let open = busy("", &base, &[]);
    let by_pairs = busy(&shut, &base, &[]);
    assert_eq!(by_pairs, busy("", &[&base[..], &deaf].concat(), &[]));
    assert_ne!(by_pairs, open);
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), 3, "each setting changes something");
}

#[test]
fn m29_pairs_tell_one_owners_records_from_anothers() {
    // A third country that issues nothing and is no member is as one whose pairs are shut: its earlier notice on
    // a person does not stand for a later one of another owner. Which of two notices came first is accounting.
    let base = [
        "subjects.locate_per_officer_per_day=0",
        "notices.query_share=0",
        "notices.read_share=0.8",
        "membership.pool_member=false",
        "start.closed_cases=2000",
    ];
    let first_of_all = [K::NoticeIssued];
    let shut = entry("owner = [\"CC\"]\nreader = [\"AA\", \"BB\"]", "regime = \"none\"");
    let by_pairs = busy(&shut, &base, &first_of_all);
    let silent = busy("", &[&base[..], &["countries.CC.notices.issue_share=0"]].concat(), &first_of_all);
    assert_eq!(by_pairs, silent);
    assert_ne!(by_pairs, busy("", &base, &first_of_all), "its notices matter where they pass");
}

#[test]
fn m29_pairs_of_a_policy_equal_dated_pairs_of_the_baseline() {
    let rest = format!("{ALL}\nregime = \"pool\"");
    let plan = |sharing: &str| try_plan(&format!("{BUSY}{sharing}"), &[]).unwrap_or_else(|d| panic!("{d}"));
    let rest = rest.replace(", \"CC\"", "");
    let policy = plan(&format!("[policies.p]\n[[policies.p.sharing]]\n{rest}\n"));
    let dated = plan(&format!("[[sharing]]\nfrom = 2015-01-01\n{rest}\n"));
    let of = |plan, arm| digest(&facts(plan, arm, 0).0, &[]);
    assert_eq!(of(&policy, Some("p")), of(&dated, None));
    assert_ne!(of(&policy, Some("p")), of(&policy, None));
    assert_eq!(of(&policy, None), of(&plan(""), None), "a policy's pairs leave the baseline alone");
    // Replay names them among what the policy changed, towards the reader and from the day.
    let levers = Levers::new(&forestall_model::registry(), policy.arm(None).unwrap(), policy.arm(Some("p")).unwrap());
    let towards: Vec<String> = levers.all().into_iter().map(|d| d.path).collect();
    assert_eq!(towards, ["sharing from BB, TT to AA", "sharing from AA, TT to BB", "sharing from AA, BB to TT"]);
    let one = levers.differences(&["sharing"], 1, 400.0).remove(0);
    assert_eq!((one.baseline.as_str(), one.policy.as_str(), one.since), ("notices and pool", "pool", Some(0.0)));
    assert!(levers.differences(&["sharing"], 1, -1.0).is_empty(), "not before the policy begins");
}

#[test]
fn m29_pairs_have_the_ranges_of_what_they_replace() {
    let schema = forestall_model::json_schema(&forestall_model::registry());
    for name in ["read_share", "answer_days"] {
        let own = &schema["properties"]["sharing"]["items"]["properties"][name];
        let replaced = &schema["properties"]["notices"]["properties"][name]["anyOf"][0];
        for key in ["type", "minimum", "maximum"] {
            assert!(!own[key].is_null() && own[key] == replaced[key], "{name} {key}: {own} and {replaced}");
        }
    }
}

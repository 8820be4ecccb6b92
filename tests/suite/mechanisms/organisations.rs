//! Several organisations side by side (M5): each has fighters, a branch that sends them, recruiters and dates of its own.

use forestall_model::{FactKind as K, MovementId};

use super::{HOLDS, number, same, story, tiny, told};

/// A second movement that holds territory.
const RIVAL: &str = r#"
[[movements]]
code = "rival"
name = "Rival"
command_style = 0
holds_territory = true
"#;

const SENT: [&str; 8] = [
    HOLDS,
    "start.fighters_abroad=6",
    "abroad.attached_share=1",
    "abroad.training_days=0",
    "territory.dispatch_per_trained_per_year=1",
    "territory.companions_mean=50",
    "work.task_days=1",
    "work.completion_log_odds=50",
];

#[test]
fn m05_movements_send_their_own_people_at_their_own_pace() {
    let sent = |more: &[&str]| story(RIVAL, &[&SENT[..], more].concat());
    // By movement: when its team is sent, and how many go.
    let teams = |facts: &[forestall_model::Fact], m: usize| -> Vec<(f64, f64)> {
        let own = facts.iter().filter(|f| f.kind == K::DispatchOrdered && usize::from(f.movement) == m);
        own.map(|f| (f.time, f.value)).collect()
    };
    let one = sent(&[]);
    assert_eq!((teams(&one, 0).len(), teams(&one, 1).len()), (1, 0), "the stock belongs to the first");
    let both = sent(&["movements.rival.fighters_scale=0.5"]);
    let (first, second) = (teams(&both, 0), teams(&both, 1));
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_eq!((first[0].1, second[0].1), (6.0, 3.0), "nobody goes with the other's team");
    same("the first is as it was", first[0].0, teams(&one, 0)[0].0);
    let faster = sent(&["movements.rival.fighters_scale=0.5", "movements.rival.dispatch_scale=2"]);
    same("twice as fast", teams(&faster, 1)[0].0, second[0].0 / 2.0);
    same("and the other as before", teams(&faster, 0)[0].0, first[0].0);
    let none = sent(&["movements.rival.fighters_scale=0.5", "movements.rival.dispatch_scale=0"]);
    assert!(teams(&none, 1).is_empty());
    // Plots are of the movement that sent them.
    let plan = tiny(RIVAL, &[&SENT[..], &["movements.rival.fighters_scale=0.5"]].concat());
    let plots = told(&plan, 0).1.plots;
    let of: std::collections::BTreeSet<MovementId> = plots.iter().map(|p| p.movement).collect();
    assert_eq!((plots.len(), of.len()), (2, 2));
}

#[test]
fn m05_movements_have_recruiters_in_person_of_their_own() {
    let world = |scale: &str| {
        let sets = [
            "in_person_recruiters.number=4",
            "in_person_recruiters.recruits_per_year=0",
            "in_person_recruiters.removal_per_year=10",
            "in_person_recruiters.replacement_days=100000",
            scale,
        ];
        let facts = story(super::OTHER, &sets);
        [0, 1].map(|m| {
            let gone = |f: &&forestall_model::Fact| f.kind == K::InPersonRemoved && usize::from(f.movement) == m;
            let who: std::collections::BTreeSet<u64> = facts.iter().filter(gone).map(|f| f.subject.bits()).collect();
            who.len()
        })
    };
    assert_eq!(world("movements.other.recruiter_scale=1"), [4, 4]);
    assert_eq!(world("movements.other.recruiter_scale=0.5"), [4, 2]);
    assert_eq!(world("movements.other.recruiter_scale=0"), [4, 0]);
}

#[test]
fn m05_movements_can_rise_on_a_date_and_load_the_same_services() {
    let entries = |change: &str| format!("{}{change}", super::OTHER);
    let rise = "\n[[changes]]\nfrom = 2015-01-01\nramp_days = 365\nset = { \"movements.other.plot_scale\" = 20.0, \
                \"movements.other.onset_scale\" = 20.0, \"movements.other.tip_scale\" = 20.0 }\n";
    let sets = [
        "start.committed=400",
        "pathways.self_start_per_committed_per_year=0.005",
        "onset.spontaneous_per_million_per_year=10",
        "leads.sympathiser_per_year=0.1",
        "leads.committed_per_year=0.02",
        "work.completion_log_odds=50",
    ];
    let (calm, risen) = (story(&entries(""), &sets), story(&entries(rise), &sets));
    let half = 5.0 * 365.25;
    let count = |facts: &[forestall_model::Fact], kind: K, m: usize, later: bool| {
        let own = |f: &&forestall_model::Fact| {
            f.kind == kind && usize::from(f.movement) == m && (f.time > half + 365.0) == later
        };
        facts.iter().filter(own).count()
    };
    for kind in [K::PlotStarted, K::OnsetSpontaneous, K::LeadReceived] {
        let (before, after) = (count(&calm, kind, 1, true), count(&risen, kind, 1, true));
        assert!(after > 3 * before.max(1), "{kind:?}: {before} without, {after} with the rise");
        assert_eq!(count(&calm, kind, 0, true), count(&risen, kind, 0, true), "{kind:?} of the other movement");
    }
    assert!(number(&risen, K::LeadReceived) > number(&calm, K::LeadReceived));
}

//! Replay: the divergence that is planted is the one that is named, the parts add up, and every fact cited is in the log.

use forestall_model::{FactKind as K, Plan};
use forestall_study::rooms::montecarlo::Progress;
use forestall_study::rooms::replay::narrative::mechanism;
use forestall_study::rooms::replay::summary::{Case, Watch, cases, replay};
use forestall_study::rooms::replay::{Chain, Log, Mechanism, Pair, ReplayArms, Root, Side, Twins, pair, pairs};

use crate::mechanisms::{AT_ONCE, HOLDS, LANGUAGE, TWO, tiny};
use crate::worlds::{BUSY, facts, plan};

fn twins(plan: &Plan, policy: &str, replication: u64) -> Twins {
    let cast = ReplayArms::new(plan, &[policy.to_owned()]).unwrap_or_else(|d| panic!("{d}"));
    let mut found = None;
    cast.twins(&[0], replication, false, |_, twins| found = Some(twins)).unwrap_or_else(|d| panic!("{d}"));
    found.expect("the policy was replayed")
}

/// The first averted attack of a policy `p`, with its mechanism and chain, in the first replication that has one.
fn averted(plan: &Plan) -> (Twins, Pair, Mechanism, Chain) {
    for replication in 0..20 {
        let twins = twins(plan, "p", replication);
        let found = pairs(twins.log(Side::Baseline), twins.log(Side::Policy));
        if let Some(pair) = found.into_iter().find(Pair::averted) {
            let (mechanism, chain) = mechanism(&twins, &pair).expect("the plot ends otherwise");
            return (twins, pair, mechanism, chain);
        }
    }
    panic!("no attack is averted in twenty replications");
}

fn divergence(plan: &Plan) -> (Mechanism, K, Vec<String>) {
    let (twins, _, mechanism, chain) = averted(plan);
    let levers = match &chain.root {
        Root::Policy(found) => found.iter().map(|d| d.path.clone()).collect(),
        Root::NotKept => Vec::new(),
    };
    (mechanism, twins.fact(chain.steps[chain.divergence]).kind, levers)
}

fn policy(set: &str) -> String {
    format!("\n[policies.p]\nlabel = \"P\"\nset = {{ {set} }}\n")
}

/// One plot whose first sign opens a file; only under watching is more seen, and two signs are needed.
const WATCH: [&str; 22] = [
    "start.committed=1",
    AT_ONCE,
    "work.tasks_inspired=2",
    "work.task_days=300",
    "work.signs_per_task_and_person=20",
    "work.completion_log_odds=50",
    "detection.visible_unknown_share=1",
    "detection.visible_closed_share=0",
    "detection.visible_watched_share=1",
    "detection.background_per_year=0",
    "triage.sensitivity=1",
    "subjects.files_kept=true",
    "subjects.cases_per_officer=0",
    "subjects.review_per_year=0",
    "subjects.prior_log_odds=-5",
    "subjects.watch_log_odds=0",
    "evidence.half_life_days=1000000",
    "services.other_work_share=0",
    "services.officers_per_team=30",
    "intervention.execute_per_day=10",
    "intervention.officers_per_intervention=0",
    "survivors.attacker_escapes_share=0",
];

#[test]
fn the_team_that_a_policy_frees_is_the_divergence() {
    let base = "[services]\nsurveillance_officers = 0\n[detection]\nvisible_open_share = 0\n\
                [intervention]\nthreshold_log_odds = 12\n";
    let world = |set: &str| divergence(&tiny(&format!("{base}{}", policy(set)), &WATCH));
    let (mechanism, kind, levers) = world("\"services.surveillance_officers\" = 30");
    assert_eq!((mechanism, kind), (Mechanism::Team, K::TeamMissing));
    assert_eq!(levers, ["countries.A.services.surveillance_officers"]);
    // Planted otherwise, the divergence is another.
    let (mechanism, kind, levers) = world("\"detection.visible_open_share\" = 1");
    assert_eq!((mechanism, kind), (Mechanism::File, K::SignatureSeen));
    assert_eq!(levers, ["countries.A.detection.visible_open_share"]);
    let (mechanism, kind, levers) = world("\"intervention.threshold_log_odds\" = 2");
    assert_eq!((mechanism, kind), (Mechanism::Threshold, K::InterventionDecided));
    assert_eq!(levers, ["countries.A.intervention.threshold_log_odds"]);
}

#[test]
fn the_officer_who_works_a_file_that_was_parked_is_the_divergence() {
    let base = "[services]\nsurveillance_officers = 0\ncase_officers = 0\n[subjects]\nworked_per_officer = 1\n\
                [detection]\nvisible_open_share = 1\n[intervention]\nthreshold_log_odds = 12\n";
    let world = |set: &str| divergence(&tiny(&format!("{base}{}", policy(set)), &WATCH));
    // With an officer one file is worked; with no limit on what is worked nobody is parked.
    for (lever, value) in [("services.case_officers", 1), ("subjects.worked_per_officer", 0)] {
        let (mechanism, kind, levers) = world(&format!("\"{lever}\" = {value}"));
        assert_eq!((mechanism, kind), (Mechanism::File, K::SignatureSeen), "{lever}");
        assert_eq!(levers, [format!("countries.A.{lever}")]);
    }
}

#[test]
fn the_recruiter_whom_a_policy_removes_is_the_divergence() {
    let base =
        format!("{LANGUAGE}\n[virtual_entrepreneurs]\nstrikes_per_year = 0\n[services]\nundercover_personas = 0\n");
    let world = [
        HOLDS,
        "start.committed=1",
        "start.fighters_abroad=100",
        "virtual_entrepreneurs.contact_per_year=20",
        "virtual_entrepreneurs.grooming_days=1000",
        "virtual_entrepreneurs.instruct_share=1",
        "virtual_entrepreneurs.replacement_share=0",
        "stings.contact_per_persona_per_year=1000",
        "stings.case_days=10000",
        "intervention.threshold_log_odds=100",
        "work.task_days=10",
        "work.completion_log_odds=50",
    ];
    let strike = "\n[policies.p]\nlabel = \"P\"\nfrom = 2010-06-01\n\
                  set = { \"virtual_entrepreneurs.strikes_per_year\" = 1000 }\n";
    let (mechanism, kind, levers) = divergence(&tiny(&format!("{base}{strike}"), &world));
    assert_eq!((mechanism, kind), (Mechanism::Recruiter, K::RecruiterRemoved));
    assert_eq!(levers, ["virtual_entrepreneurs.strikes_per_year"]);
    let (mechanism, kind, levers) =
        divergence(&tiny(&format!("{base}{}", policy("\"services.undercover_personas\" = 100")), &world));
    assert_eq!((mechanism, kind), (Mechanism::Sting, K::StingCase));
    assert_eq!(levers, ["countries.A.services.undercover_personas"]);
}

#[test]
fn the_record_that_a_policy_pools_is_the_divergence() {
    let base = format!(
        "{TWO}\n[membership]\npool_member = false\n[pooled_database]\ncontribution_share = 1\nlag_days = 0\n\
         [returns]\nlearnt_later_share = 0\n"
    );
    let world = [
        HOLDS,
        "countries.A.start.committed=1",
        "countries.A.entry_weight=0",
        "countries.B.entry_weight=1",
        "travel.per_year=10",
        "travel.family_tip_share=0",
        "travel.passport_ban_share=0",
        "travel.exit_check_share=0",
        "travel.departure_known_share=1",
        "returns.per_year=10",
        "services.border_inspections_per_month=1000000000",
        "records.check_finds_share=1",
        "returnees.plot_share=1",
        "returnees.plot_delay_years_mean=0.1",
        "returnees.prosecute_share=1",
        "returnees.court_slots_per_year=100000",
        "stages.sentence_years_mean=90",
        "work.task_days=10",
        "work.completion_log_odds=50",
    ];
    let (mechanism, kind, levers) =
        divergence(&tiny(&format!("{base}{}", policy("\"membership.pool_member\" = true")), &world));
    assert_eq!((mechanism, kind), (Mechanism::Pool, K::RecordPooled));
    assert_eq!(levers, ["countries.A.membership.pool_member"]);
    // Recognised later by the own service, without any pool.
    let (mechanism, kind, levers) =
        divergence(&tiny(&format!("{base}{}", policy("\"returns.learnt_later_share\" = 1")), &world));
    assert_eq!((mechanism, kind), (Mechanism::Return, K::ReturneeIdentified));
    assert_eq!(levers, ["countries.A.returns.learnt_later_share"]);
}

/// The busy world with policies that do much, little and nothing.
fn busy() -> Plan {
    let policies = r#"
[policies.nothing]
label = "Nothing"
set = { "services.officers_per_team" = 30.0 }

[policies.placebo]
label = "Placebo"
set = { "leads.committed_per_year" = { times = 1.0001 } }

[policies.watch]
label = "Watch"
set = { "services.surveillance_officers" = { times = 3.0 } }

[policies.strikes]
label = "Strikes"
set = { "virtual_entrepreneurs.strikes_per_year" = { times = 5.0 } }
"#;
    plan(&format!("{}{policies}", BUSY.replace("2015-12-31", "2015-06-30")))
}

const BUSY_POLICIES: [&str; 4] = ["nothing", "placebo", "watch", "strikes"];

#[test]
fn averted_and_induced_are_the_sums_of_their_mechanisms_on_every_arm() {
    let plan = busy();
    let mut whole = [0, 0, 0, 0];
    for replication in 0..6 {
        for (at, policy) in BUSY_POLICIES.iter().enumerate() {
            let twins = twins(&plan, policy, replication);
            let found = cases(&twins, policy, 0, replication);
            let attacks = |side: Side| {
                let log = twins.log(side).facts();
                log.iter().filter(|f| f.kind == K::PlotCompleted && f.time >= 0.0).count() as i64
            };
            let averted = found.iter().filter(|c| c.averted).count() as i64;
            let induced = found.len() as i64 - averted;
            assert_eq!(averted - induced, attacks(Side::Baseline) - attacks(Side::Policy), "{policy} {replication}");
            let worth = pairs(twins.log(Side::Baseline), twins.log(Side::Policy));
            let differing = worth.iter().filter(|p| p.averted() || p.induced()).count();
            assert_eq!(found.len(), differing, "every differing attack has one mechanism: {policy} {replication}");
            whole[at] += found.len();
        }
    }
    assert_eq!(whole[0], 0, "a policy that changes nothing");
    // The placebo's noise must stay below the policies' effects, or the counts would say nothing.
    assert!(whole[1] < whole[2] && whole[1] < whole[3], "{whole:?}");
    assert!(whole[2] > 5 && whole[3] > 5, "{whole:?}");
}

#[test]
fn every_fact_of_a_chain_is_in_the_log_and_causes_do_not_come_after() {
    let plan = busy();
    let (mut chains, mut reached) = (0, 0);
    for replication in 0..4 {
        for policy in ["watch", "strikes"] {
            let twins = twins(&plan, policy, replication);
            for pair in pairs(twins.log(Side::Baseline), twins.log(Side::Policy)) {
                let Some((_, chain)) = mechanism(&twins, &pair) else { continue };
                chains += 1;
                reached += usize::from(matches!(chain.root, Root::Policy(_)));
                for at in &chain.steps {
                    let fact = twins.fact(*at);
                    assert!(!twins.shared(*at), "a step stands in one arm only");
                    let log = twins.log(at.side);
                    assert!(log.find(fact.id).is_some());
                    assert!(fact.cause == 0 || log.find(fact.cause).is_some(), "the cause of {:?}", fact.kind);
                }
                let times: Vec<f64> = chain.steps.iter().map(|at| twins.fact(*at).time).collect();
                assert!(times.windows(2).all(|w| w[1] <= w[0]), "{times:?}");
            }
        }
    }
    assert!(chains > 20, "{chains}");
    assert!(reached * 10 >= chains * 7, "only {reached} of {chains} chains reach what the policy changed");
}

#[test]
fn asking_why_changes_nothing_that_happens() {
    let plan = plan(BUSY);
    let (plain, outcome) = facts(&plan, None, 0);
    let arm = forestall_model::Arm::new(&plan.arm(None).unwrap_or_else(|d| panic!("{d}")));
    let log = Log::simulate(&arm, 0, true);
    let told: Vec<_> = log.facts().iter().filter(|f| !f.kind.circumstance()).copied().collect();
    assert_eq!(told, plain);
    assert_eq!(log.plots(), outcome.plots);
    assert!(log.facts().len() > plain.len(), "circumstances are there");
}

#[test]
fn a_policy_that_changes_nothing_parts_nowhere() {
    let twins = twins(&busy(), "nothing", 1);
    assert_eq!(twins.first_difference(), None);
    assert!(pair::all(twins.log(Side::Baseline), twins.log(Side::Policy)).len() > 10);
    assert!(twins.levers.all().is_empty());
}

#[test]
fn the_summary_is_the_same_on_any_number_of_threads() {
    let plan = busy();
    let policies: Vec<String> = ["watch", "strikes"].map(String::from).to_vec();
    let todo: Vec<(u64, Vec<usize>)> = (0..4).map(|r| (r, vec![0, 1])).collect();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let run = |threads: usize| -> Vec<Case> {
        let cast = ReplayArms::new(&plan, &policies).unwrap_or_else(|d| panic!("{d}"));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let silent = |_: Progress| {};
        pool.install(|| replay(&cast, &todo, &Watch { progress: &silent, stop: &stop }))
            .expect("replays")
            .expect("not stopped")
    };
    let (one, three) = (run(1), run(3));
    assert!(!one.is_empty());
    assert_eq!(one, three);
}

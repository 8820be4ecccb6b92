//! M19 and M20: leads and triage.

use forestall_model::{Fact, FactKind as K};

use super::{binomial, expect, first, kinds, mean, number, same, scaled, story, times, tiny, told};

#[test]
fn m19_leads_false_ones_come_in_bulk() {
    let world = |factor| story("", &["leads.false_per_million_per_year=36.525", factor]);
    let (once, twice) = (world("leads.tip_programme_factor=1"), world("leads.tip_programme_factor=2"));
    for three in once.chunks_exact(3) {
        assert_eq!(kinds(three), [K::LeadReceived, K::LeadAssessed, K::AssessedWithoutPlot]);
        assert!(three.iter().all(|f| f.time == three[0].time), "no analyst is needed");
    }
    scaled("a tip programme", &times(&twice, K::LeadReceived), &times(&once, K::LeadReceived), 0.5);
    let plan = tiny("", &["leads.false_per_million_per_year=36.525"]);
    let years = plan.arm(None).expect("arm").days() / 365.25;
    let counts: Vec<f64> = (0..40).map(|r| number(&told(&plan, r).0, K::LeadReceived) as f64).collect();
    mean("false leads", &counts, 36.525 * years);
}

#[test]
fn m19_leads_name_people_at_the_rate_of_their_stage() {
    let facts = story("", &["start.committed=1", "leads.committed_per_year=2"]);
    expect(
        &facts,
        false,
        &[(K::LeadReceived, None), (K::LeadTrue, Some(0)), (K::LeadAssessed, Some(0)), (K::AssessedWithoutPlot, None)],
    );
    let more = story("", &["start.committed=1", "leads.committed_per_year=4"]);
    scaled("twice the reports", &times(&more, K::LeadReceived), &times(&facts, K::LeadReceived), 0.5);
    let quiet = story("", &["start.sympathisers=1", "leads.committed_per_year=4"]);
    assert!(quiet.is_empty(), "a sympathiser is not reported as a committed person");
}

#[test]
fn m19_leads_jump_after_an_attack() {
    let world = |factor| {
        story(
            "",
            &[
                "leads.false_per_million_per_year=100",
                "leads.after_attack_days=60",
                "start.returnees=1",
                "returnees.plot_share=1",
                "returnees.plot_delay_years_mean=0.5",
                "work.completion_log_odds=50",
                "harm.scale=8",
                "harm.most=1",
                "harm.nobody_share=0",
                factor,
            ],
        )
    };
    let (quiet, loud) = (world("leads.after_attack_factor=0"), world("leads.after_attack_factor=5"));
    let attack = first(&loud, K::PlotCompleted);
    // The same unit-rate clock, run faster by 5 ln 2 · e^(−age/60) after the attack.
    for (without, with) in times(&quiet, K::LeadReceived).into_iter().zip(times(&loud, K::LeadReceived)) {
        let after = (with - attack).max(0.0);
        let integral = with + 5.0 * std::f64::consts::LN_2 * 60.0 * (1.0 - (-after / 60.0).exp());
        assert!((integral - without).abs() < 1e-6, "{integral} against {without}");
    }
}

const DESK: [&str; 4] = [
    "leads.false_per_million_per_year=2",
    "services.analysts=1",
    "services.other_work_share=0",
    "triage.stale_per_day=0",
];

#[test]
fn m20_triage_an_analyst_takes_an_exponential_time() {
    let world = |rate| story("", &[&DESK[..], &[rate]].concat());
    let (slow, fast) =
        (world("triage.assessments_per_analyst_per_day=1"), world("triage.assessments_per_analyst_per_day=2"));
    assert_eq!(kinds(&slow[..3]), [K::LeadReceived, K::LeadAssessed, K::AssessedWithoutPlot]);
    let took = |f: &[Fact]| first(f, K::LeadAssessed) - first(f, K::LeadReceived);
    assert!(took(&slow) > 0.0);
    same("twice the rate", took(&fast), took(&slow) / 2.0);
}

#[test]
fn m20_triage_without_analysts_every_lead_goes_stale() {
    let world = [
        "start.committed=1",
        "leads.committed_per_year=1",
        "triage.assessments_per_analyst_per_day=1",
        "triage.stale_record_share=0",
    ];
    let facts = story("", &[&world[..], &["triage.stale_per_day=10"]].concat());
    let steps = [(K::LeadReceived, None), (K::LeadTrue, Some(0)), (K::LeadStale, Some(0))];
    expect(&facts, false, &steps);
    assert_eq!(number(&facts, K::LeadAssessed), 0);
    let slow = story("", &[&world[..], &["triage.stale_per_day=5"]].concat());
    same("half the rate", slow[2].time - slow[0].time, 2.0 * (facts[2].time - facts[0].time));
}

#[test]
fn m20_triage_judges_with_its_sensitivity() {
    let facts = story(
        "",
        &[
            "start.committed=1000",
            "leads.committed_per_year=0.5",
            "triage.sensitivity=0.6",
            "subjects.files_kept=true",
            "subjects.cases_per_officer=0",
            "subjects.review_per_year=0",
        ],
    );
    let mut judged = std::collections::BTreeSet::new();
    let mut opened = 0;
    for (i, fact) in facts.iter().enumerate() {
        // Only the first lead on each person: later ones meet an open file.
        if fact.kind == K::LeadAssessed && judged.insert(fact.subject.bits()) {
            opened += usize::from(facts.get(i + 2).is_some_and(|f| f.kind == K::CaseOpened && f.cause == fact.id));
        }
    }
    binomial("positive", opened, judged.len(), 0.6);
}

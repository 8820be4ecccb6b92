//! Same seed, same bytes; bystanders change nothing.

use forestall_model::{FactKind, Labels};
use forestall_study::rooms::montecarlo::{NamedArm, replicate};
use rayon::prelude::*;

use crate::worlds::{BUSY, digest, facts, plan};

#[test]
fn the_same_run_twice_differs_by_nothing() {
    let plan = plan(BUSY);
    for replication in 0..3 {
        let (first, a) = facts(&plan, None, replication);
        let (second, b) = facts(&plan, None, replication);
        assert_eq!(digest(&first, &[]), digest(&second, &[]));
        assert_eq!(a, b);
    }
    assert_ne!(digest(&facts(&plan, None, 0).0, &[]), digest(&facts(&plan, None, 1).0, &[]));
}

#[test]
fn threads_do_not_matter() {
    let plan = plan(BUSY);
    let arm = NamedArm { name: "baseline".into(), arm: forestall_model::Arm::new(&plan.arm(None).expect("arm")) };
    let labels = Labels {
        countries: plan.countries.iter().map(|c| c.code.clone()).collect(),
        movements: plan.movements.iter().map(|m| m.code.clone()).collect(),
        months: forestall_model::month_starts(plan.start, plan.end).into_iter().map(|m| m.1).collect(),
    };
    let with = |threads: usize| -> Vec<Vec<String>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
        pool.install(|| {
            (0..6_u64)
                .into_par_iter()
                .map(|r| {
                    let (rows, facts) = replicate(&arm, &labels, r, true).expect("run");
                    let mut text: Vec<String> =
                        rows.replications.columns().map(|(n, c)| format!("{n}={}", c.text(0))).collect();
                    text.push(format!("{:x}", digest(&facts, &[])));
                    text
                })
                .collect()
        })
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(8));
}

/// A bystander: a sympathiser who can neither act nor be seen, in clocks that others share.
#[test]
fn a_bystander_in_shared_groups_changes_nothing_else() {
    let plan = plan(BUSY);
    let arm = forestall_model::Arm::new(&plan.arm(None).expect("arm"));
    let mut without = Vec::new();
    forestall_model::simulate(&arm, 3, &mut without);
    let mut with = Vec::new();
    let outcome = forestall_model::simulate_with_bystander(&arm, 3, &mut with);
    assert!(outcome.persons_stored > 0);
    // The stock counts one person more; every other fact is the same bit for bit.
    let stocks = [FactKind::StockSympathisers];
    assert_eq!(digest(&without, &stocks), digest(&with, &stocks));
    assert_ne!(digest(&without, &[]), digest(&with, &[]), "the bystander was not there at all");
}

#[test]
fn a_policy_leaves_untouched_draws_alone() {
    // Facts before the policy begins are the same bit for bit.
    let text = format!(
        "{BUSY}\n[policies.late]\nlabel = \"Late\"\nfrom = 2015-09-01\nset = {{ \"services.analysts\" = 50, \"leads.committed_per_year\" = 0.1 }}\n"
    );
    let plan = plan(&text);
    let (base, _) = facts(&plan, None, 0);
    let (late, _) = facts(&plan, Some("late"), 0);
    let from = 243.0;
    let before = |list: &[forestall_model::Fact]| -> Vec<_> {
        // A stale lead is noticed when somebody looks, with the time at which it happened: order by time.
        let mut early: Vec<_> = list.iter().filter(|f| f.time < from).copied().collect();
        early.sort_by(|a, b| a.time.total_cmp(&b.time).then(a.id.cmp(&b.id)));
        early
    };
    assert_eq!(digest(&before(&base), &[]), digest(&before(&late), &[]));
    assert_ne!(digest(&base, &[]), digest(&late, &[]));
}

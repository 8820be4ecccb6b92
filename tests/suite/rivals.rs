//! `rivals` as users meet it: two priors of one world against the odds that Bayes gives, and what is refused.

use crate::calibration::{CALIBRATE, REGRESS, TARGETS, scratch, text, world};

#[test]
fn rivals_are_as_probable_as_bayes_says_and_each_must_be_a_finished_table() {
    let scratch = scratch("rivals");
    scratch.file("facts.toml", &TARGETS.replacen("low = 81\n", "low = 74\nvalue = 92\ncount = true\n", 1));
    scratch.file("narrow.toml", &world().replace("low = 10, high = 110", "low = 50, high = 70"));
    for (world, out) in [("world.toml", "wide"), ("narrow.toml", "narrow")] {
        let fit = REGRESS.replace("world.toml", world);
        let done = scratch.forestall(&format!("{fit} --simulations 600 --accept 0.3 --truths 10 --out {out}"));
        assert!(done.status.success(), "{}", text(&done.stderr));
    }
    let folder = |out: &str| scratch.folder(out).to_string_lossy().to_string();
    let (wide, narrow) = (folder("wide"), folder("narrow"));
    let done = scratch.forestall(&format!("rivals wide={wide} narrow={narrow} --json --out weighed"));
    assert!(done.status.success(), "{}", text(&done.stderr));
    let found: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    // As in the test above, a gamma law of mean 64.9 and deviation 6.7 of the rate after a flat prior: the record is as
    // likely as 1/100 where the rate may lie from 10 to 110, and as .76/20 from 50 to 70. Odds of .038 to .010.
    let end = |of: &str| found["rivals"][1][of].as_f64().unwrap();
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let error = (logit(end("high")) - logit(end("low"))) / (2.0 * 1.96);
    assert!((logit(end("probability")) - logit(0.79)).abs() < 4.0 * error, "{found}");
    assert!(error < 0.5, "a table of 600 says that much: {found}");
    assert_eq!(found["best"], "narrow");
    assert!(found["known"]["probabilities_hold"].as_f64().unwrap() > 1e-3, "{found}");
    for file in ["rivals.csv", "known.csv", "rivals.json", "rivals.html", "charts/rivals.png"] {
        assert!(scratch.0.join("weighed").join(file).is_file(), "{file} is missing");
    }
    let smc = scratch.forestall(&format!("{CALIBRATE} --simulations 80 --out smc"));
    assert!(smc.status.success(), "{}", text(&smc.stderr));
    scratch.file("strange.toml", &TARGETS.replace("\"onset_spontaneous\"", "\"onset_peer\""));
    for (arguments, part) in [
        (format!("{wide} {narrow}"), "two rivals are called"),
        (format!("{wide} other={}", folder("smc")), "is no fit by regression"),
        (format!("{wide} other={narrow} --targets strange.toml"), "knows no outcome like that of"),
        (format!("{wide} other={narrow} --accept 0.01"), "raise --accept"),
    ] {
        let done = scratch.forestall(&format!("rivals {arguments}"));
        assert_eq!(done.status.code(), Some(2), "{arguments}: {}", text(&done.stderr));
        assert!(text(&done.stderr).contains(part), "{arguments}: {}", text(&done.stderr));
    }
    let done = scratch.forestall(&format!("rivals {wide} nowhere"));
    assert!(
        !done.status.success() && text(&done.stderr).contains("nowhere: is no calibration"),
        "{}",
        text(&done.stderr)
    );
}

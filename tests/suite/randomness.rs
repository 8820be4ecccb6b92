//! Draws at addresses that hardly differ: collisions, balance of bits, and neighbours that must not resemble each other.
//!
//! The long batteries are run by `tests/randomness.sh`; these tests see the mistakes that keyed generators make.

use forestall_model::{Address, Draws, Key};

/// What turns an entity, a decision and an occasion into a word.
type Words<'a> = &'a dyn Fn(u64, u16, u32) -> u64;

/// Addresses with consecutive entities, decisions and occasions, 2²⁰ of them.
fn grid(word: Words) -> Vec<u64> {
    let mut all = Vec::with_capacity(1 << 20);
    for entity in 0..4_096 {
        for decision in 0..16 {
            for occasion in 0..16 {
                all.push(word(entity, decision, occasion));
            }
        }
    }
    all
}

fn model(entity: u64, decision: u16, occasion: u32) -> u64 {
    Draws::new(1, 0).bits(Address { entity: Key::from_bits(entity), decision, occasion }, 0)[0]
}

/// One mixing step over a sum of products: passes tests of avalanche, and collides.
fn weak(entity: u64, decision: u16, occasion: u32) -> u64 {
    let mut z = entity.wrapping_mul(0x9E37_79B9) ^ u64::from(decision).wrapping_mul(0x85EB_CA6B) ^ u64::from(occasion);
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z ^ z >> 31
}

/// Pairs of equal values, in standard deviations from what chance gives for the highest 32 bits.
fn collisions(word: Words) -> f64 {
    let mut high: Vec<u32> = grid(word).into_iter().map(|w| (w >> 32) as u32).collect();
    high.sort_unstable();
    let n = high.len() as f64;
    let expected = n * (n - 1.0) / 2.0 / 4_294_967_296.0;
    let found = high.windows(2).filter(|w| w[0] == w[1]).count() as f64;
    (found - expected) / expected.sqrt()
}

/// The greatest deviation of any bit's mean from one half, in standard deviations: of the words themselves, and of
/// words against the word of the next entity, decision or occasion.
fn bits(word: Words) -> f64 {
    let mut counts = [[0_u32; 64]; 4];
    for entity in 0..2_048 {
        for decision in 0..8 {
            for occasion in 0..8 {
                let here = word(entity, decision, occasion);
                let against = [
                    here,
                    here ^ word(entity + 1, decision, occasion),
                    here ^ word(entity, decision + 1, occasion),
                    here ^ word(entity, decision, occasion + 1),
                ];
                for (counts, word) in counts.iter_mut().zip(against) {
                    for (bit, count) in counts.iter_mut().enumerate() {
                        *count += (word >> bit & 1) as u32;
                    }
                }
            }
        }
    }
    let n = f64::from(2_048 * 64);
    let away = |count: &u32| ((f64::from(*count) - n / 2.0) / (n / 4.0).sqrt()).abs();
    counts.iter().flatten().map(away).fold(0.0, f64::max)
}

#[test]
fn neighbouring_addresses_draw_independently() {
    // 128 pairs are expected by chance; five standard deviations leave a false alarm of about 1 in 10⁶.
    assert!(collisions(&model).abs() < 5.0, "{}", collisions(&model));
    // 256 means of bits; at 5.5 standard deviations one of them strays by chance once in 10⁵ seeds.
    assert!(bits(&model) < 5.5, "{}", bits(&model));
}

#[test]
fn a_weak_mixture_of_addresses_would_be_seen() {
    assert!(collisions(&weak).abs() > 5.0 || bits(&weak) > 5.5);
    assert!(collisions(&|entity, decision, _| model(entity, decision, 0)).abs() > 5.0, "occasions left out");
    assert!(bits(&|entity, decision, occasion| model(entity, decision, occasion) | 1 << 7) > 5.5, "a stuck bit");
    assert!(bits(&|entity, decision, occasion| model(entity / 2, decision, occasion)) > 5.5, "shared entities");
}

#[test]
fn replications_and_seeds_draw_independently() {
    let at = Address { entity: Key::root("somebody"), decision: 1, occasion: 0 };
    for word in [&(|i: u64, _: u16, _: u32| Draws::new(1, i).bits(at, 0)[0]) as Words, &|i, _, _| {
        Draws::new(i, 0).bits(at, 0)[0]
    }] {
        let n = 100_000_u64;
        let mut counts = [0_u32; 64];
        for i in 0..n {
            let changed = word(i, 0, 0) ^ word(i + 1, 0, 0);
            for (bit, count) in counts.iter_mut().enumerate() {
                *count += (changed >> bit & 1) as u32;
            }
        }
        let n = n as f64;
        let worst = counts.iter().map(|c| ((f64::from(*c) - n / 2.0) / (n / 4.0).sqrt()).abs()).fold(0.0, f64::max);
        // 64 bits, twice; as above.
        assert!(worst < 5.5, "{worst}");
    }
}

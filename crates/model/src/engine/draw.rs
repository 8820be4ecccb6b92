//! Keyed draws: each random number is addressed by what it decides, never taken from a sequence.
//!
//! The generator is Philox2x64 with ten rounds (Salmon, Moraes, Dror and Shaw, "Parallel random
//! numbers: as easy as 1, 2, 3", SC'11), checked against the published known-answer vectors. Seed
//! and replication make its key, entity and decision and occasion its counter; nothing else enters,
//! so threads, shards, policies and the order of execution cannot move a draw.

use core::convert::Infallible;

use rand::rand_core::TryRng;

use super::key::Key;

const MULTIPLIER: u64 = 0xD2B7_4407_B1CE_6E93;
const WEYL: u64 = 0x9E37_79B9_7F4A_7C15;

/// Seeds are whole numbers below this bound, so that seed and replication fit one 64-bit key.
pub const SEED_LIMIT: u64 = 1 << 40;
/// Replications are numbered below this bound.
pub const REPLICATION_LIMIT: u64 = 1 << 24;

/// Ten rounds of Philox2x64 on `counter` under `key`.
#[inline]
pub fn philox2x64(counter: [u64; 2], key: u64) -> [u64; 2] {
    let [mut left, mut right] = counter;
    let mut round_key = key;
    for _ in 0..10 {
        let product = u128::from(left) * u128::from(MULTIPLIER);
        left = (product >> 64) as u64 ^ round_key ^ right;
        right = product as u64;
        round_key = round_key.wrapping_add(WEYL);
    }
    [left, right]
}

/// The address of one draw within a replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// Who or what the draw is about.
    pub entity: Key,
    /// Which question it answers; the number of a decision never changes.
    pub decision: u16,
    /// The how-many-eth time this entity faces this decision.
    pub occasion: u32,
}

/// All the randomness of one replication: a pure function from addresses to numbers.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    key: u64,
}

impl Draws {
    /// The draws of `replication` under `seed`.
    ///
    /// Distinct pairs give distinct generator keys: the pair is packed into 64 bits and mixed by a
    /// bijection. Bounds are [`SEED_LIMIT`] and [`REPLICATION_LIMIT`]; the scenario reader enforces
    /// them, and beyond them distinct pairs may coincide.
    pub fn new(seed: u64, replication: u64) -> Self {
        debug_assert!(seed < SEED_LIMIT && replication < REPLICATION_LIMIT);
        Self { key: mix(seed.wrapping_mul(REPLICATION_LIMIT).wrapping_add(replication)) }
    }

    #[inline]
    fn block(self, at: Address, part: u16) -> [u64; 2] {
        let what = u64::from(at.decision) << 48 | u64::from(part) << 32 | u64::from(at.occasion);
        #[cfg(feature = "record")]
        super::record::note(at, part);
        philox2x64([at.entity.bits(), what], self.key)
    }

    /// The 128 bits at an address, of which a single draw uses the first 64: for tests of the generator.
    pub fn bits(&self, at: Address, part: u16) -> [u64; 2] {
        self.block(at, part)
    }

    /// A uniform number in the open interval (0, 1), on a grid of 2⁻⁵².
    #[inline]
    pub fn uniform(&self, entity: Key, decision: u16, occasion: u32) -> f64 {
        open_unit(self.block(Address { entity, decision, occasion }, 0)[0])
    }

    /// A unit-mean exponential by inversion.
    #[inline]
    pub fn exponential(&self, entity: Key, decision: u16, occasion: u32) -> f64 {
        -super::ln::ln_unit(self.uniform(entity, decision, occasion))
    }

    /// Whether an event of probability `share` happens.
    #[inline]
    pub fn chance(&self, entity: Key, decision: u16, occasion: u32, share: f64) -> bool {
        // A certain or impossible event needs no draw: a mechanism set neutral then takes none.
        share >= 1.0 || (share > 0.0 && self.uniform(entity, decision, occasion) < share)
    }

    /// A standard normal by inversion.
    #[inline]
    pub fn normal(&self, entity: Key, decision: u16, occasion: u32) -> f64 {
        crate::engine::draw::normal_quantile(self.uniform(entity, decision, occasion))
    }

    /// A stream for a sampler that needs an unknown number of uniforms; it iterates inside its own
    /// address and so cannot disturb another draw.
    pub fn stream(&self, entity: Key, decision: u16, occasion: u32) -> Stream {
        Stream { draws: *self, at: Address { entity, decision, occasion }, part: 0, spare: None }
    }

    /// The index of the winner among `weights`, each candidate bringing its own key: the smallest
    /// keyed exponential ÷ weight wins, so a newcomer can only take the place, never reshuffle the
    /// rest. `None` when every weight is zero.
    pub fn choose(&self, decision: u16, occasion: u32, candidates: impl Iterator<Item = (Key, f64)>) -> Option<usize> {
        let mut best: Option<(f64, Key, usize)> = None;
        for (index, (key, weight)) in candidates.enumerate() {
            if weight > 0.0 {
                let race = self.exponential(key, decision, occasion) / weight;
                if best.is_none_or(|(b, k, _)| (race, key) < (b, k)) {
                    best = Some((race, key, index));
                }
            }
        }
        best.map(|(_, _, index)| index)
    }

    /// The same among candidates of equal weight: the smallest exponential is the greatest uniform.
    #[inline]
    pub fn choose_evenly(&self, decision: u16, occasion: u32, candidates: impl Iterator<Item = Key>) -> Option<usize> {
        let race = |key: Key| self.block(Address { entity: key, decision, occasion }, 0)[0] >> 12;
        let best = candidates.enumerate().map(|(index, key)| (race(key), std::cmp::Reverse(key), index)).max()?;
        Some(best.2)
    }

    /// A Poisson count with the given mean: by inversion, a large mean in equal parts.
    pub fn poisson(&self, entity: Key, decision: u16, occasion: u32, mean: f64) -> u64 {
        if mean <= 0.0 {
            return 0;
        }
        if mean < LARGEST_INVERTED {
            return poisson_by_inversion(self.uniform(entity, decision, occasion), mean);
        }
        let parts = libm::ceil(mean / LARGEST_INVERTED);
        let mut stream = self.stream(entity, decision, occasion);
        (0..parts as u64).map(|_| poisson_by_inversion(stream.unit(), mean / parts)).sum()
    }

    /// A gamma variate with the given shape and unit scale; zero for a shape of zero (Marsaglia and
    /// Tsang, "A simple method for generating gamma variables", 2000), with functions that give the
    /// same bits on every machine.
    pub fn gamma(&self, entity: Key, decision: u16, occasion: u32, shape: f64) -> f64 {
        if shape <= 0.0 {
            return 0.0;
        }
        let mut stream = self.stream(entity, decision, occasion);
        let boost = if shape < 1.0 { libm::pow(stream.unit(), 1.0 / shape) } else { 1.0 };
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = normal_quantile(stream.unit());
            let v = libm::pow(1.0 + c * x, 3.0);
            if v > 0.0 && libm::log(stream.unit()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return boost * d * v;
            }
        }
    }
}

/// Means above this are cut into parts, so that the first term of the inversion does not vanish.
const LARGEST_INVERTED: f64 = 30.0;

/// A generator confined to one address; at most 2¹⁷ words, far above what any sampler takes.
#[derive(Clone, Debug)]
pub struct Stream {
    draws: Draws,
    at: Address,
    part: u16,
    spare: Option<u64>,
}

impl Stream {
    /// The next uniform number in (0, 1).
    pub fn unit(&mut self) -> f64 {
        let Ok(word) = self.try_next_u64();
        open_unit(word)
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|x| (x >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        if let Some(word) = self.spare.take() {
            return Ok(word);
        }
        self.part = self.part.wrapping_add(1);
        let [first, second] = self.draws.block(self.at, self.part);
        self.spare = Some(second);
        Ok(first)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

#[inline]
fn open_unit(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
}

/// A bijection of 64-bit words with full avalanche (the finaliser of `SplitMix64`).
#[inline]
pub(crate) fn mix(word: u64) -> u64 {
    let mut z = word;
    z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

fn poisson_by_inversion(u: f64, mean: f64) -> u64 {
    let mut term = libm::exp(-mean);
    let mut below = term;
    let mut count = 0_u64;
    while u > below && count < 1_000 {
        count += 1;
        term *= mean / count as f64;
        below += term;
    }
    count
}

/// The standard normal quantile (Wichura, Algorithm AS 241, 1988; relative error about 10⁻¹⁶).
pub(crate) fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRE_NUMERATOR, &CENTRE_DENOMINATOR);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = libm::sqrt(-libm::log(tail));
    let size = if r <= 5.0 {
        ratio(r - 1.6, &MIDDLE_NUMERATOR, &MIDDLE_DENOMINATOR)
    } else {
        ratio(r - 5.0, &FAR_NUMERATOR, &FAR_DENOMINATOR)
    };
    if q < 0.0 { -size } else { size }
}

fn ratio(r: f64, numerator: &[f64; 8], denominator: &[f64; 8]) -> f64 {
    let horner = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, x| sum * r + x);
    horner(numerator) / horner(denominator)
}

const CENTRE_NUMERATOR: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const CENTRE_DENOMINATOR: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
const MIDDLE_NUMERATOR: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
const MIDDLE_DENOMINATOR: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const FAR_NUMERATOR: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const FAR_DENOMINATOR: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors that Random123 publishes for `philox2x64` with ten rounds.
    #[test]
    fn known_answer_vectors() {
        let cases = [
            ([0, 0], 0, [0xca00_a045_9843_d731, 0x66c2_4222_c9a8_45b5]),
            ([u64::MAX, u64::MAX], u64::MAX, [0x65b0_21d6_0cd8_310f, 0x4d02_f322_2f86_df20]),
            (
                [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344],
                0xa409_3822_299f_31d0,
                [0x0a5e_742c_2997_341c, 0xb0f8_83d3_8000_de5d],
            ),
        ];
        for (counter, key, expected) in cases {
            assert_eq!(philox2x64(counter, key), expected);
        }
    }

    #[test]
    fn normal_quantile_matches_tables() {
        // Values to 15 digits from Wichura's paper and standard tables.
        for (p, z) in [
            (0.5, 0.0),
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_813_5),
            (1e-20, -9.262_340_089_798_409),
        ] {
            assert!((normal_quantile(p) - z).abs() <= 1e-14 * z.abs().max(1.0), "{p}: {}", normal_quantile(p));
        }
    }

    #[test]
    fn moments_within_standard_errors() {
        let draws = Draws::new(1, 2);
        let n = 200_000_u32;
        let key = Key::root("moments");
        let mean = |f: &dyn Fn(u32) -> f64| (0..n).map(f).sum::<f64>() / f64::from(n);
        // Five standard errors: a false alarm once in about 1.7 million runs, and the seed is fixed.
        let tolerance = |sd: f64| 5.0 * sd / f64::from(n).sqrt();
        assert!((mean(&|i| draws.uniform(key, 1, i)) - 0.5).abs() < tolerance(0.289));
        assert!((mean(&|i| draws.exponential(key, 2, i)) - 1.0).abs() < tolerance(1.0));
        assert!(mean(&|i| draws.normal(key, 3, i)).abs() < tolerance(1.0));
        assert!((mean(&|i| draws.poisson(key, 4, i, 3.7) as f64) - 3.7).abs() < tolerance(3.7_f64.sqrt()));
        assert!((mean(&|i| draws.poisson(key, 5, i, 50.0) as f64) - 50.0).abs() < tolerance(50.0_f64.sqrt()));
        assert!((mean(&|i| draws.gamma(key, 6, i, 2.5)) - 2.5).abs() < tolerance(2.5_f64.sqrt()));
        assert!((mean(&|i| draws.gamma(key, 7, i, 0.4)) - 0.4).abs() < tolerance(0.4_f64.sqrt()));
        let squares = mean(&|i| draws.gamma(key, 8, i, 2.5).powi(2));
        // The second moment of a gamma is k (k + 1), its spread √(k (k + 1)((k + 2)(k + 3) − k (k + 1))).
        assert!((squares - 8.75).abs() < tolerance((8.75_f64 * (24.75 - 8.75)).sqrt()));
    }

    #[test]
    fn a_newcomer_never_reshuffles_the_rest() {
        let draws = Draws::new(7, 0);
        let keys: Vec<Key> = (0..9).map(|i| Key::root("c").child(1, i)).collect();
        for occasion in 0..500 {
            let before = draws.choose(9, occasion, keys[..8].iter().map(|&k| (k, 1.0)));
            let after = draws.choose(9, occasion, keys.iter().map(|&k| (k, 1.0)));
            assert!(after == before || after == Some(8));
        }
    }

    #[test]
    fn seed_and_replication_are_one_to_one() {
        let mut keys = std::collections::BTreeSet::new();
        for seed in 0..200 {
            for replication in 0..200 {
                assert!(keys.insert(Draws::new(seed, replication).key));
            }
        }
    }
}

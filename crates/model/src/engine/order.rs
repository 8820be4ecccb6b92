//! Floating-point numbers as whole numbers of the same order.

/// Bits that sort as the numbers do, negative ones too. Whole numbers compare without a branch.
#[inline]
pub(crate) fn sortable(x: f64) -> u64 {
    // Adding zero makes −0 and 0 the same.
    let bits = (x + 0.0).to_bits();
    bits ^ (((bits as i64 >> 63) as u64) | 1 << 63)
}

/// The number of which these are the sortable bits.
#[inline]
pub(crate) fn number(bits: u64) -> f64 {
    f64::from_bits(bits ^ ((!((bits as i64) >> 63)) as u64 | 1 << 63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_order_and_the_number_are_kept(a in any::<f64>(), b in any::<f64>()) {
            prop_assume!(!a.is_nan() && !b.is_nan());
            prop_assert_eq!(sortable(a).cmp(&sortable(b)), a.partial_cmp(&b).unwrap());
            prop_assert_eq!(number(sortable(a)), a);
        }
    }
}

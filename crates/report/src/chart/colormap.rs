//! Shades of one hue for a quantity: light is little, dark is much.

use plotters::style::RGBColor;

/// Light, middle and dark; every step differs in lightness, so that print and colour blindness do no harm.
const STOPS: [RGBColor; 3] = [RGBColor(158, 202, 225), RGBColor(33, 113, 181), RGBColor(8, 36, 84)];

/// The shade of a share from 0 to 1.
pub(super) fn colour(share: f64) -> RGBColor {
    let place = share.clamp(0.0, 1.0) * 2.0;
    let (from, to) = if place < 1.0 { (STOPS[0], STOPS[1]) } else { (STOPS[1], STOPS[2]) };
    let part = if place < 1.0 { place } else { place - 1.0 };
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// Where `value` lies between the least and the greatest of some values, 0 to 1; the middle where all are equal.
pub(super) fn share(value: f64, values: &[f64]) -> f64 {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if high > low { (value - low) / (high - low) } else { 0.5 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_darken_all_the_way() {
        let light = |s: f64| u32::from(colour(s).0) + u32::from(colour(s).1) + u32::from(colour(s).2);
        assert!((0..20).all(|i| light(f64::from(i) / 20.0) > light(f64::from(i + 1) / 20.0)));
        assert_eq!((share(5.0, &[5.0, 5.0]), share(5.0, &[0.0, 10.0, 5.0])), (0.5, 0.5));
    }
}

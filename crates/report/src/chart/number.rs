//! Numbers as readers expect them: grouped thousands, true minus signs, millions and billions.

/// `value` with `decimals` digits after the point and grouped thousands.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    let is_zero = text.chars().all(|c| c == '0' || c == '.');
    if value < 0.0 && !is_zero { format!("−{grouped}") } else { grouped }
}

/// "1 replication", "200 replications".
pub fn counted(count: usize, thing: &str) -> String {
    format!("{} {thing}{}", fixed(count as f64, 0), if count == 1 { "" } else { "s" })
}

/// The divisor and its word that keep numbers as large as `size` short.
fn magnitude(size: f64) -> (f64, &'static str) {
    match size {
        s if s >= 1e12 => (1e12, " tn"),
        s if s >= 1e9 => (1e9, " bn"),
        s if s >= 1e6 => (1e6, " M"),
        _ => (1.0, ""),
    }
}

/// Powers of ten in superscript digits.
fn scientific(value: f64) -> String {
    let text = format!("{value:.1e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let raised: String = power
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => digit.to_digit(10).and_then(|d| char::from_u32(0x2070 + d)).unwrap_or(digit),
        })
        .collect();
    format!("{}×10{raised}", mantissa.replace('-', "−"))
}

/// How many decimals show a step of this size.
fn decimals_for(step: f64) -> usize {
    if step <= 0.0 || !step.is_finite() {
        return 0;
    }
    // The small allowance keeps 0.1 + 0.2 style noise from asking for another digit.
    let needed = (0..8).find(|&d| {
        let scaled = step * 10f64.powi(d);
        (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0) && scaled.round() >= 1.0
    });
    needed.unwrap_or(8) as usize
}

/// `value` to about three significant digits.
pub fn short(value: f64) -> String {
    together(&[value]).remove(0)
}

/// Values that stand side by side, all with the decimals that suit the largest.
pub fn together(values: &[f64]) -> Vec<String> {
    let size = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if size > 0.0 && size < 1e-3 {
        return values.iter().map(|&v| if v == 0.0 { "0".into() } else { scientific(v) }).collect();
    }
    if size >= 1e18 {
        return values.iter().map(|&v| scientific(v)).collect();
    }
    let (divisor, word) = magnitude(size);
    let scaled = size / divisor;
    let whole = divisor == 1.0 && values.iter().all(|v| v.fract() == 0.0);
    let decimals = match scaled {
        _ if whole => 0,
        s if s >= 100.0 => 0,
        s if s >= 10.0 => 1,
        s if s >= 1.0 => 2 - usize::from(divisor == 1.0),
        s if s >= 0.1 => 2,
        s if s >= 0.01 => 3,
        _ => 4,
    };
    let write = |v: &f64| if *v == 0.0 { "0".into() } else { format!("{}{word}", fixed(v / divisor, decimals)) };
    values.iter().map(write).collect()
}

/// Axis numbers: as many decimals as the step needs and no more.
pub(crate) fn ticks(values: &[f64], step: f64) -> Vec<String> {
    let size = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if size > 0.0 && size < 1e-3 {
        return values.iter().map(|&v| if v == 0.0 { "0".into() } else { scientific(v) }).collect();
    }
    if size >= 1e18 {
        return values.iter().map(|&v| scientific(v)).collect();
    }
    let (divisor, word) = magnitude(size);
    let decimals = decimals_for(step / divisor);
    let write = |&v: &f64| if v == 0.0 { "0".into() } else { format!("{}{word}", fixed(v / divisor, decimals)) };
    values.iter().map(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_and_minus_is_a_minus_sign() {
        assert_eq!(fixed(-1_234_567.891, 2), "−1,234,567.89");
        assert_eq!(fixed(999.0, 0), "999");
        assert_eq!(fixed(-0.001, 1), "0.0");
    }

    #[test]
    fn sizes_choose_their_unit() {
        assert_eq!(short(3.24), "3.2");
        assert_eq!(short(2_500_000.0), "2.50 M");
        assert_eq!(short(0.0), "0");
        assert_eq!(short(0.000_02), "2.0×10⁻⁵");
        assert_eq!(together(&[0.5, 12.25]), ["0.5", "12.2"]);
    }

    #[test]
    fn axis_numbers_have_the_decimals_of_their_step() {
        assert_eq!(ticks(&[0.0, 0.25, 0.5], 0.25), ["0", "0.25", "0.50"]);
        assert_eq!(ticks(&[0.0, 500_000.0, 1_000_000.0], 500_000.0), ["0", "0.5 M", "1.0 M"]);
        assert_eq!(ticks(&[0.0, 0.3], 0.1 + 0.2), ["0", "0.3"]);
    }
}

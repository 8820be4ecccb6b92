//! Where the tile of each country stands: by geography where the code is known, row by row where it is not.

/// Code, column and row of countries of Europe and around it, roughly as they lie.
const KNOWN: [(&str, usize, usize); 48] = [
    ("CA", 0, 0),
    ("IS", 2, 0),
    ("NO", 5, 0),
    ("SE", 6, 0),
    ("FI", 7, 0),
    ("EE", 8, 0),
    ("RU", 9, 0),
    ("US", 0, 1),
    ("IE", 2, 1),
    ("UK", 3, 1),
    ("GB", 3, 1),
    ("DK", 5, 1),
    ("LV", 8, 1),
    ("MX", 0, 2),
    ("NL", 4, 2),
    ("DE", 5, 2),
    ("PL", 6, 2),
    ("LT", 7, 2),
    ("BY", 8, 2),
    ("BE", 3, 3),
    ("LU", 4, 3),
    ("CZ", 5, 3),
    ("SK", 6, 3),
    ("UA", 7, 3),
    ("FR", 3, 4),
    ("CH", 4, 4),
    ("AT", 5, 4),
    ("HU", 6, 4),
    ("RO", 7, 4),
    ("MD", 8, 4),
    ("PT", 1, 5),
    ("ES", 2, 5),
    ("IT", 4, 5),
    ("SI", 5, 5),
    ("HR", 6, 5),
    ("RS", 7, 5),
    ("BG", 8, 5),
    ("MT", 4, 6),
    ("BA", 6, 6),
    ("ME", 7, 6),
    ("MK", 8, 6),
    ("TR", 9, 6),
    ("MA", 2, 7),
    ("TN", 4, 7),
    ("AL", 7, 7),
    ("GR", 8, 7),
    ("EL", 8, 7),
    ("CY", 9, 7),
];
/// Fewest columns of rows without geography.
const COLUMNS: usize = 6;

/// The column and row of each country, and how many columns and rows there are.
pub(super) struct Tiles {
    pub(super) places: Vec<(usize, usize)>,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

impl Tiles {
    /// The tiles of these codes in their order; no two share a place.
    pub(super) fn of(codes: &[String]) -> Self {
        let mut known: Vec<Option<(usize, usize)>> = Vec::new();
        for code in codes {
            let place = KNOWN.iter().find(|k| k.0 == code).map(|k| (k.1, k.2));
            known.push(place.filter(|place| !known.contains(&Some(*place))));
        }
        let found = || known.iter().flatten();
        let (left, top) = (found().map(|p| p.0).min().unwrap_or(0), found().map(|p| p.1).min().unwrap_or(0));
        let map =
            (found().map(|p| p.0 + 1 - left).max().unwrap_or(0), found().map(|p| p.1 + 1 - top).max().unwrap_or(0));
        let strangers = known.iter().filter(|p| p.is_none()).count();
        let square = (2.0 * strangers as f64).sqrt().ceil() as usize;
        let columns = if strangers > 0 { map.0.max(square.max(COLUMNS).min(strangers)) } else { map.0 }.max(1);
        let mut next = 0;
        let mut place = |known: &Option<(usize, usize)>| {
            if let Some((x, y)) = known {
                return (x - left, y - top);
            }
            next += 1;
            ((next - 1) % columns, map.1 + (next - 1) / columns)
        };
        let places: Vec<(usize, usize)> = known.iter().map(&mut place).collect();
        let rows = places.iter().map(|p| p.1 + 1).max().unwrap_or(0);
        Self { places, columns, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiles(codes: &[&str]) -> Tiles {
        Tiles::of(&codes.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn every_country_has_a_place_of_its_own() {
        let mut codes: Vec<&str> = KNOWN.iter().map(|k| k.0).collect();
        codes.extend(["AA", "BB", "UK", "FR"]);
        let found = tiles(&codes);
        let mut places = found.places.clone();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), codes.len(), "two share a tile");
        assert!(found.places.iter().all(|p| p.0 < found.columns && p.1 < found.rows));
    }

    #[test]
    fn neighbours_lie_as_on_a_map_and_only_what_is_there_takes_room() {
        let found = tiles(&["FR", "DE", "UK", "BE", "NL", "ES"]);
        let [fr, de, uk, be, nl, es] = found.places[..] else { unreachable!("six places") };
        assert!(uk.1 < be.1 && be.1 < fr.1 && fr.1 < es.1 && es.0 < fr.0 && be.0 < de.0 && nl.0 < de.0);
        assert_eq!((found.columns, found.rows), (4, 5));
    }

    #[test]
    fn codes_without_geography_stand_row_by_row_below() {
        assert_eq!(tiles(&["AA", "BB"]).places, [(0, 0), (1, 0)]);
        let mixed = tiles(&["AA", "FR", "BB"]);
        assert_eq!((mixed.places.as_slice(), mixed.rows), (&[(0, 1), (0, 0), (1, 1)][..], 2));
        let many: Vec<String> = (0..30).map(|i| format!("C{i:02}")).collect();
        let found = Tiles::of(&many);
        assert_eq!((found.columns, found.rows), (8, 4));
        assert_eq!(Tiles::of(&[]).rows, 0);
    }
}

//! Crowding: how far the neighbours of a candidate on its front are, and who stays where places are few.
//!
//! With two objectives the distance of Deb et al. (2002). With more it says little about who is near, and the product of
//! the distances to the nearest neighbours, as many as there are objectives, takes its place (Kukkonen and Deb 2006).
//! Where a front does not fit as a whole, the most crowded one goes, distances are reckoned anew, and so on: leaving out
//! many at once would tear holes.

use super::dominance::{Standing, fronts};

/// The crowding distance of each point of one front; infinite at the ends.
pub(super) fn crowding(points: &[&[f64]]) -> Vec<f64> {
    let mut distances = vec![0.0; points.len()];
    let dimensions = points.first().map_or(0, |p| p.len());
    for d in 0..dimensions {
        let mut order: Vec<usize> = (0..points.len()).collect();
        order.sort_by(|&a, &b| points[a][d].total_cmp(&points[b][d]).then(a.cmp(&b)));
        let (first, last) = (order[0], order[order.len() - 1]);
        let range = points[last][d] - points[first][d];
        (distances[first], distances[last]) = (f64::INFINITY, f64::INFINITY);
        if !(range > 0.0 && range.is_finite()) {
            continue;
        }
        for three in order.windows(3) {
            distances[three[1]] += (points[three[2]][d] - points[three[0]][d]) / range;
        }
    }
    distances
}

/// The room around each point of one front; infinite at the ends of every objective.
pub(super) fn room(points: &[&[f64]]) -> Vec<f64> {
    let dimensions = points.first().map_or(0, |p| p.len());
    if dimensions <= 2 {
        return crowding(points);
    }
    let mut scales = Vec::new();
    let mut room = vec![0.0; points.len()];
    for d in 0..dimensions {
        let by_value = |a: &usize, b: &usize| points[*a][d].total_cmp(&points[*b][d]);
        let ends = (0..points.len()).min_by(by_value).zip((0..points.len()).max_by(by_value));
        let Some((first, last)) = ends else { return room };
        let range = points[last][d] - points[first][d];
        // An objective in which all are equal tells nobody apart.
        scales.push(if range > 0.0 && range.is_finite() { 1.0 / range } else { 0.0 });
        (room[first], room[last]) = (f64::INFINITY, f64::INFINITY);
    }
    let distance = |a: &[f64], b: &[f64]| {
        let square = |d: usize| {
            let step = if scales[d] > 0.0 { (a[d] - b[d]) * scales[d] } else { 0.0 };
            step * step
        };
        (0..dimensions).map(square).sum::<f64>().sqrt()
    };
    for i in (0..points.len()).filter(|&i| room[i] == 0.0).collect::<Vec<_>>() {
        let others = (0..points.len()).filter(|&j| j != i);
        let mut near: Vec<f64> = others.map(|j| distance(points[i], points[j])).collect();
        near.sort_by(f64::total_cmp);
        room[i] = near.iter().take(dimensions).product();
    }
    room
}

/// A candidate that stays: its place, its front from 0, its crowding distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Kept {
    /// Place in what was handed in.
    pub place: usize,
    /// Number of its front, from 0.
    pub front: usize,
    /// Crowding distance among those of its front that stay.
    pub distance: f64,
}

impl Kept {
    /// Whether this one wins a tournament against the other: by front, then by room around it.
    pub(super) fn wins(&self, other: &Self) -> bool {
        self.front < other.front || (self.front == other.front && self.distance > other.distance)
    }
}

/// The best `count` of all by fronts, and by crowding in the front that does not fit as a whole.
pub(super) fn keep(all: &[Standing], count: usize) -> Vec<Kept> {
    let mut kept = Vec::new();
    for (front, mut members) in fronts(all).into_iter().enumerate() {
        let places = count - kept.len();
        if places == 0 {
            break;
        }
        let distances = |members: &[usize]| {
            let points: Vec<&[f64]> = members.iter().map(|&i| all[i].objectives.as_slice()).collect();
            room(&points)
        };
        while members.len() > places {
            let own = distances(&members);
            // Of equal ones the last goes, so that the order of arrival decides.
            let most_crowded = (0..own.len()).rev().min_by(|&a, &b| own[a].total_cmp(&own[b]));
            members.remove(most_crowded.unwrap_or(0));
        }
        let own = distances(&members);
        kept.extend(members.into_iter().zip(own).map(|(place, distance)| Kept { place, front, distance }));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::dominance::tests::{free, random};
    use super::*;

    #[test]
    fn distances_of_a_hand_case() {
        let points: [&[f64]; 4] = [&[0.0, 10.0], &[1.0, 6.0], &[3.0, 5.0], &[4.0, 0.0]];
        // Inner points: (3 − 0) ÷ 4 + (10 − 5) ÷ 10 and (4 − 1) ÷ 4 + (6 − 0) ÷ 10.
        let found = crowding(&points);
        assert!(found[0].is_infinite() && found[3].is_infinite());
        assert!((found[1] - 1.25).abs() < 1e-12 && (found[2] - 1.35).abs() < 1e-12, "{found:?}");
        assert!(crowding(&[&[1.0, 1.0]])[0].is_infinite());
    }

    #[test]
    fn the_most_crowded_goes_first_and_ends_stay() {
        let all: Vec<Standing> = [[0.0, 10.0], [1.0, 9.0], [1.1, 8.9], [5.0, 5.0], [10.0, 0.0], [11.0, 11.0]]
            .iter()
            .map(|p| free(p))
            .collect();
        let places = |count| keep(&all, count).iter().map(|k| k.place).collect::<Vec<_>>();
        assert_eq!(places(6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(places(4), [0, 2, 3, 4]);
        assert_eq!(places(3), [0, 3, 4]);
    }

    #[test]
    fn room_in_three_objectives_is_that_of_the_nearest() {
        let points: [&[f64]; 5] =
            [&[0.0, 1.0, 1.0], &[1.0, 0.0, 1.0], &[1.0, 1.0, 0.0], &[0.5, 0.5, 0.5], &[0.5, 0.5, 0.6]];
        let found = room(&points);
        // Ends: the first three hold every least value; of equal greatest values the last one is an end.
        assert!(found[..3].iter().all(|r| r.is_infinite()), "{found:?}");
        // Neighbours of the fourth: 0.1, then twice √0.75.
        assert!((found[3] - 0.1 * 0.75).abs() < 1e-12, "{found:?}");
        assert!(room(&[]).is_empty());
    }

    #[test]
    fn nobody_who_stays_is_beaten_by_one_who_goes() {
        for case in 0..40 {
            let all = random(100 + case, 40, 3);
            let kept = keep(&all, 15);
            assert_eq!(kept.len(), 15);
            let stays = |i: usize| kept.iter().any(|k| k.place == i);
            for gone in (0..all.len()).filter(|&i| !stays(i)) {
                assert!(kept.iter().all(|k| !all[gone].beats(&all[k.place])), "case {case}");
            }
        }
    }
}

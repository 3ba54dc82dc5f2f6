//! 分配名额 (三.1): tiers, then the order of the wishes, then the draw.

use kehou::rules::document::PriorityGroup;
use kehou::rules::draw::{Draw, Drawn, Outcome, Tier, Wish, key};
use kehou::rules::profile::Profile;
use proptest::prelude::*;

const SEED: &str = "5e70f0c8d1c6c5f1b7d1f6a3b8c9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f7081";

fn wish(id: usize, child: usize, project: usize, rank: i32, tier: Tier) -> Wish {
    Wish { id: format!("0192f0c1-2b3a-7c4d-8e5f-{id:012}"), child, project, rank, tier, family: None }
}

fn draw<'a>(seats: &'a [i64], clashes: &'a [(usize, usize)], places_max: usize) -> Draw<'a> {
    Draw { seed: SEED, seats, clashes, places_max }
}

fn outcomes(draw: &Draw<'_>, wishes: &[Wish]) -> Vec<Outcome> {
    draw.of(wishes).into_iter().map(|drawn| drawn.outcome).collect()
}

#[test]
fn priority_groups_come_first_then_grades_1_to_4_then_the_others() {
    let profile = Profile::yueyang_2019();
    for (grade, groups, tier) in [
        (9, vec![PriorityGroup::LeftBehind], Tier::PriorityGroups),
        (4, vec![], Tier::LowerGrades),
        (5, vec![], Tier::Others),
    ] {
        assert_eq!(Tier::of(&profile, grade, &groups), tier, "{grade} {groups:?}");
    }
    let narrow = Profile { priority_groups: vec![PriorityGroup::Disabled], ..profile };
    assert_eq!(Tier::of(&narrow, 9, &[PriorityGroup::LeftBehind]), Tier::Others, "the profile says which groups");
    let wishes =
        [wish(1, 1, 0, 1, Tier::Others), wish(2, 2, 0, 1, Tier::LowerGrades), wish(3, 3, 0, 2, Tier::PriorityGroups)];
    assert_eq!(outcomes(&draw(&[1], &[], 1), &wishes), [Outcome::Waitlist, Outcome::Waitlist, Outcome::Seat]);
    assert_eq!(outcomes(&draw(&[2], &[], 1), &wishes), [Outcome::Waitlist, Outcome::Seat, Outcome::Seat]);
    let numbers: Vec<i32> = draw(&[2], &[], 1).of(&wishes).into_iter().map(|drawn| drawn.number).collect();
    assert_eq!(numbers, [3, 2, 1]);
}

#[test]
fn priority_groups_within_a_tier_the_key_decides_and_first_wishes_come_before_second_ones() {
    let wishes: Vec<Wish> = (0..40).map(|id| wish(id, id, 0, 1, Tier::Others)).collect();
    let mut by_key: Vec<usize> = (0..40).collect();
    by_key.sort_by_key(|at| key(SEED, &wishes[*at].id));
    let drawn = draw(&[10], &[], 1).of(&wishes);
    for (place, at) in by_key.into_iter().enumerate() {
        assert_eq!(usize::try_from(drawn[at].number).unwrap(), place + 1);
        assert_eq!(drawn[at].outcome == Outcome::Seat, place < 10);
    }
    let second = [wish(1, 1, 0, 2, Tier::Others), wish(2, 2, 0, 1, Tier::Others)];
    assert_eq!(outcomes(&draw(&[1], &[], 1), &second), [Outcome::Waitlist, Outcome::Seat]);
}

#[test]
fn priority_groups_a_better_wish_makes_others_needless_by_its_hours_or_as_the_last_place() {
    let both = [wish(1, 1, 0, 1, Tier::Others), wish(2, 1, 1, 2, Tier::Others)];
    assert_eq!(outcomes(&draw(&[1, 1], &[], 1), &both), [Outcome::Seat, Outcome::BetterWish], "one club a child");
    assert_eq!(outcomes(&draw(&[1, 1], &[], 2), &both), [Outcome::Seat, Outcome::Seat]);
    assert_eq!(outcomes(&draw(&[1, 1], &[(0, 1)], 2), &both), [Outcome::Seat, Outcome::BetterWish], "at one hour");
    assert_eq!(outcomes(&draw(&[0, 1], &[(0, 1)], 2), &both), [Outcome::Waitlist, Outcome::Seat], "waits beside it");
}

#[test]
fn priority_groups_siblings_who_are_drawn_together_stand_side_by_side() {
    let mut wishes: Vec<Wish> = (0..30).map(|id| wish(id, id, 0, 1, Tier::Others)).collect();
    let apart = draw(&[10], &[], 1).of(&wishes);
    let far: (usize, usize) =
        ((0..30).find(|at| apart[*at].number == 1).unwrap(), (0..30).find(|at| apart[*at].number == 30).unwrap());
    wishes[far.0].family = Some(7);
    wishes[far.1].family = Some(7);
    let together = draw(&[10], &[], 1).of(&wishes);
    assert_eq!((together[far.0].number, together[far.1].number), (1, 2));
    wishes[far.1].tier = Tier::LowerGrades;
    let tiers = draw(&[10], &[], 1).of(&wishes);
    assert_eq!((tiers[far.1].number, tiers[far.0].number), (1, 2), "each in its own tier");
}

fn any_wishes() -> impl Strategy<Value = Vec<Wish>> {
    let tier = prop_oneof![Just(Tier::PriorityGroups), Just(Tier::LowerGrades), Just(Tier::Others)];
    proptest::collection::vec((tier, Just([0_usize, 1, 2, 3, 4]).prop_shuffle(), 1_usize..=4), 1..60).prop_map(
        |children| {
            let mut wishes = Vec::new();
            for (child, (tier, order, count)) in children.into_iter().enumerate() {
                for (rank, project) in order.into_iter().take(count).enumerate() {
                    wishes.push(wish(wishes.len(), child, project, i32::try_from(rank).unwrap() + 1, tier));
                }
            }
            wishes
        },
    )
}

proptest! {
    #[test]
    fn priority_groups_the_same_result_in_any_order_and_no_seat_too_many(
        wishes in any_wishes(),
        order in any::<u64>(),
        seats in proptest::collection::vec(0_i64..8, 5),
        places_max in 1_usize..=3,
    ) {
        let draw = Draw { seed: SEED, seats: &seats, clashes: &[(0, 1), (3, 4)], places_max };
        let drawn = draw.of(&wishes);
        let mut turned: Vec<usize> = (0..wishes.len()).collect();
        turned.sort_by_key(|at| key(&order.to_string(), &wishes[*at].id));
        let shuffled: Vec<Wish> = turned.iter().map(|at| wishes[*at].clone()).collect();
        for (drawn_again, at) in draw.of(&shuffled).iter().zip(&turned) {
            prop_assert_eq!(drawn_again, &drawn[*at]);
        }
        for (project, most) in seats.iter().enumerate() {
            let mut own: Vec<(i32, Outcome)> = wishes.iter().zip(&drawn).filter(|(wish, _)| wish.project == project)
                .map(|(_, drawn)| (drawn.number, drawn.outcome)).collect();
            own.sort_unstable_by_key(|(number, _)| *number);
            let numbers: Vec<i32> = own.iter().map(|(number, _)| *number).collect();
            let expected: Vec<i32> = (1..).take(own.len()).collect();
            prop_assert_eq!(numbers, expected);
            // As anybody can work it out from the numbers: the first of those that still want one have the seats.
            let mut left = *most;
            for (number, outcome) in own {
                let right = match outcome {
                    Outcome::BetterWish => true,
                    Outcome::Seat => left > 0,
                    Outcome::Waitlist => left == 0,
                };
                left -= i64::from(outcome == Outcome::Seat);
                prop_assert!(right, "{project} {number} {outcome:?}");
            }
        }
        for child in 0..60 {
            let has = |(wish, drawn): &(&Wish, &Drawn)| wish.child == child && drawn.outcome == Outcome::Seat;
            let places: Vec<usize> = wishes.iter().zip(&drawn).filter(has).map(|(wish, _)| wish.project).collect();
            prop_assert!(places.len() <= places_max);
            let both = |one: usize, other: usize| places.contains(&one) && places.contains(&other);
            prop_assert!(!both(0, 1) && !both(3, 4));
        }
    }
}

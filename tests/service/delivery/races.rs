//! At the same instant: of two bookings of one teacher or one room exactly one wins.

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;

use super::sessions::on;
use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{
    another_venue, call, checked_venue, class_of, confirm, drafted, join, own_teacher, session,
};
use crate::support::enrollments::{open, with_half_hours};

/// Rounds of each race.
const ROUNDS: usize = 50;

#[rstest]
#[actix_web::test]
async fn no_clash_of_two_who_book_one_teacher_or_one_room_at_once_exactly_one_wins(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let replica = app.replica().await;
    let clubs = [("象棋", None, &[1, 3][..], "16:30", "17:00"), ("书法", None, &[1, 3][..], "16:30", "17:00")];
    let projects = open(&app, &with_half_hours(&clubs)).await;
    let (one, two) = (class_of(&app, "三年级2班", 2).await, class_of(&app, "三年级3班", 2).await);
    let (leaders, rooms) = (
        [own_teacher(&app, "王老师").await, own_teacher(&app, "张老师").await],
        [checked_venue(&app).await, another_venue(&app, "美术教室").await],
    );
    let mut groups = Vec::new();
    for (number, project) in projects[1..].iter().enumerate() {
        let members =
            [join(&app, project, &one[number..=number]).await, join(&app, project, &two[number..=number]).await];
        groups.push(drafted(&app, project, "一组", &leaders[number], &rooms[number], &members.concat()).await);
    }
    let (chess, writing) = (confirm(&app, &groups[0], None).await, confirm(&app, &groups[1], None).await);
    assert_eq!((chess.status, writing.status), (200, 200), "{} {}", chess.json(), writing.json());
    let mut at =
        [on(&app, "school-admin", &chess, "2024-09-11").await, on(&app, "school-admin", &writing, "2024-09-11").await];
    let (guest, hall) = (own_teacher(&app, "李老师").await, another_venue(&app, "报告厅").await);
    for round in 0..ROUNDS {
        // Both groups want the same teacher to step in, or the same hall, at the same hour.
        let by_teacher = round % 2 == 0;
        let ask = |place: usize| {
            let on = if place == 0 { &app } else { &replica };
            let seen = &at[place];
            if by_teacher {
                let who = json!({"staff_member_id": seen.json()["leader_id"], "substitute_id": guest});
                call(on, "school-admin", "sessions", seen, "substitute", &who).send()
            } else {
                let to = json!({
                    "held_on": "2024-09-11", "starts_at": "16:30", "ends_at": "17:00", "venue_id": hall, "reason": "换场地"
                });
                call(on, "school-admin", "sessions", seen, "move", &to).send()
            }
        };
        let answers = join_all([ask(0), ask(1)]).await;
        let won: Vec<usize> = (0..2).filter(|place| answers[*place].status == 200).collect();
        let said: Vec<String> = answers.iter().map(|answer| answer.json().to_string()).collect();
        assert_eq!(won.len(), 1, "round {round}: {said:?}");
        let lost = &answers[1 - won[0]];
        assert_eq!(lost.json()["findings"][0]["rule"], "no-clash", "round {round}: {said:?}");
        // Back to where it was.
        let seen = &answers[won[0]];
        let back = if by_teacher {
            let who = json!({"staff_member_id": guest, "substitute_id": leaders[won[0]]});
            call(&app, "school-admin", "sessions", seen, "substitute", &who).expect(200).await
        } else {
            let to = json!({
                "held_on": "2024-09-11", "starts_at": "16:30", "ends_at": "17:00", "venue_id": rooms[won[0]],
                "reason": "换回"
            });
            call(&app, "school-admin", "sessions", seen, "move", &to).expect(200).await
        };
        at[won[0]] = session(&app, "school-admin", &back.id()).await;
    }
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

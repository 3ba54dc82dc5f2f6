//! Groups (五, 五.4, 六.5): proposed, changed, confirmed, followed by their sessions.

use rstest::rstest;
use serde_json::{Value, json};
use time::macros::date;

use crate::support::app::TestApp;
use crate::support::databases::Kind::{self, Postgres, Sqlite};
use crate::support::delivery::{
    another_venue, call, checked_venue, class_of, confirm, drafted, join, own_teacher, sessions, stopped,
};
use crate::support::enrollments::{open, with_half_hours};
use crate::support::plans::small_plan;

#[rstest]
#[actix_web::test]
async fn no_collective_instruction_a_group_is_proposed_changed_confirmed_and_has_its_sessions(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &small_plan("own school", "autumn")).await;
    let (one, two) = (class_of(&app, "三年级2班", 6).await, class_of(&app, "三年级3班", 6).await);
    let mut members = join(&app, &projects[0], &one).await;
    members.extend(join(&app, &projects[0], &two).await);
    let token = app.world.token("school-admin");
    let body = json!({"project_id": projects[0], "size_max": 6});
    let proposed =
        app.post("/api/v1/groups/proposals").token(token).key("propose").json(&body).expect(200).await.json();
    let groups = proposed["items"].as_array().unwrap();
    assert_eq!(groups.len(), 2);
    for group in groups {
        let path = format!("/api/v1/group-members?group_id={}", group["id"].as_str().unwrap());
        let listed = app.get(&path).token(token).expect(200).await.json();
        let listed = listed["items"].as_array().unwrap();
        assert_eq!(listed.len(), 6, "even");
        let one = format!("/api/v1/group-members/{}", listed[0]["id"].as_str().unwrap());
        assert_eq!(app.get(&one).token(token).expect(200).await.json(), listed[0]);
        for class in ["三年级2班", "三年级3班"] {
            assert_eq!(listed.iter().filter(|member| member["class_name"] == class).count(), 3, "mixed");
        }
    }
    let again = app.post("/api/v1/groups/proposals").token(token).key("again").json(&body).send().await;
    assert_eq!(again.faults(), [("/project_id".to_owned(), "not-for-this".to_owned())], "nobody is left");

    // What it lacks is said before anything else.
    let path = format!("/api/v1/groups/{}", groups[0]["id"].as_str().unwrap());
    let first = app.get(&path).token(token).expect(200).await;
    let lacking = confirm(&app, &first, None).await;
    let required = |at: &str| (at.to_owned(), "required".to_owned());
    assert_eq!(lacking.faults(), [required("/leader_id"), required("/venue_id")]);

    // 6 of 7 are 85 % of the group: it may be so. 6 of 6 are a whole class.
    let (leader, venue) = (own_teacher(&app, "王老师").await, checked_venue(&app).await);
    let body = json!({"project_id": projects[0], "name": "第1组", "leader_id": leader, "venue_id": venue});
    let first = app.put(&path).token(token).if_match(first.etag()).json(&body).expect(200).await;
    let other = app.get(&format!("/api/v1/groups/{}", groups[1]["id"].as_str().unwrap())).token(token);
    let other = other.expect(200).await;
    call(&app, "school-admin", "groups", &other, "members", &json!({"enrollment_ids": []})).expect(200).await;
    let whole = call(&app, "school-admin", "groups", &first, "members", &json!({"enrollment_ids": members[..6]}));
    let whole = whole.expect(200).await;
    let refused = confirm(&app, &whole, None).await;
    let rules: Vec<String> = stopped(&refused).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["no-collective-instruction", "mixed-grouping"], "{}", refused.json());
    let params = &refused.json()["findings"][0]["params"];
    assert_eq!((&params["percent_of_group"], &params["percent_of_class"]), (&json!("100"), &json!("100")));
    let mixed = call(&app, "school-admin", "groups", &whole, "members", &json!({"enrollment_ids": members[..7]}));
    let mixed = mixed.expect(200).await;
    let confirmed = confirm(&app, &mixed, None).await;
    assert_eq!((confirmed.status, &confirmed.json()["state"]), (200, &json!("confirmed")), "{}", confirmed.json());
    assert_eq!(confirmed.json()["from_on"], "2024-09-10");
    assert_eq!(confirmed.json()["can"], json!(["members", "reassign", "schedule", "dissolve"]));

    let query = format!("group_id={}", confirmed.id());
    let planned = sessions(&app, "school-admin", &query).await;
    let first_of = |sessions: &[Value]| sessions[0]["held_on"].clone();
    // 2024-09-10 to 2025-01-17: Monday to Friday without the holidays.
    assert_eq!((planned.len(), first_of(&planned)), (86, json!("2024-09-10")));
    assert_eq!((&planned[0]["leader_name"], &planned[0]["venue_name"]), (&json!("王老师"), &json!("音乐教室")));
    assert_eq!(sessions(&app, "guardian", &query).await.len(), 86, "its guardian sees when");
    assert_eq!(sessions(&app, "sibling-school-admin", &query).await.len(), 0);
    let twice = confirm(&app, &confirmed, None).await;
    assert_eq!((twice.status, twice.code().as_str()), (409, "state-conflict"));
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn no_clash_one_teacher_and_one_room_serve_one_group_at_a_time(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let clubs = [("象棋", None, &[1, 3][..], "16:30", "17:00"), ("书法", None, &[3][..], "17:00", "17:30")];
    let projects = open(&app, &with_half_hours(&clubs)).await;
    let (one, two) = (class_of(&app, "三年级2班", 2).await, class_of(&app, "三年级3班", 2).await);
    let (leader, venue) = (own_teacher(&app, "王老师").await, checked_venue(&app).await);
    let other_room = another_venue(&app, "美术教室").await;
    let mut of_chess = join(&app, &projects[1], &one).await;
    of_chess.extend(join(&app, &projects[1], &two).await);
    let of_writing = [join(&app, &projects[2], &one[..1]).await, join(&app, &projects[2], &two[..1]).await].concat();
    let chess =
        drafted(&app, &projects[1], "一组", &leader, &venue, &[&of_chess[0], &of_chess[2]].map(Clone::clone)).await;
    assert_eq!(confirm(&app, &chess, None).await.status, 200);
    // The next hour is another one.
    let writing = drafted(&app, &projects[2], "一组", &leader, &venue, &of_writing).await;
    assert_eq!(confirm(&app, &writing, None).await.status, 200);
    let rest = [of_chess[1].clone(), of_chess[3].clone()];
    let second = drafted(&app, &projects[1], "二组", &leader, &venue, &rest).await;
    let refused = confirm(&app, &second, None).await;
    let clash = |at: &str| ("no-clash".to_owned(), at.to_owned());
    assert_eq!(stopped(&refused), [clash("/leader_id"), clash("/venue_id")], "{}", refused.json());
    let params = &refused.json()["findings"][0]["params"];
    assert_eq!((&params["date"], &params["group"]), (&json!("2024-09-11"), &json!("一组")));
    let second = app.get(&format!("/api/v1/groups/{}", second.id())).token(app.world.token("school-admin"));
    let second = second.expect(200).await;
    let body = json!({"project_id": projects[1], "name": "二组", "leader_id": leader, "venue_id": other_room});
    let moved = app.put(&format!("/api/v1/groups/{}", second.id())).token(app.world.token("school-admin"));
    let moved = moved.if_match(second.etag()).json(&body).expect(200).await;
    assert_eq!(stopped(&confirm(&app, &moved, None).await), [clash("/leader_id")]);
    let another = own_teacher(&app, "张老师").await;
    let body = json!({"project_id": projects[1], "name": "二组", "leader_id": another, "venue_id": other_room});
    let led = app.put(&format!("/api/v1/groups/{}", moved.id())).token(app.world.token("school-admin"));
    let led = led.if_match(moved.etag()).json(&body).expect(200).await;
    let confirmed = confirm(&app, &led, None).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.json());
    // Given to who is busy then, it is refused as well.
    let to = json!({"leader_id": leader, "venue_id": other_room});
    let taken = call(&app, "school-admin", "groups", &confirmed, "reassign", &to).send().await;
    assert_eq!(stopped(&taken), [clash("/leader_id")]);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

#[rstest]
#[actix_web::test]
async fn venue_checked_and_staff_vetted_are_asked_when_a_group_is_confirmed(#[values(Sqlite, Postgres)] kind: Kind) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &small_plan("own school", "autumn")).await;
    let (one, two) = (class_of(&app, "三年级2班", 1).await, class_of(&app, "三年级3班", 1).await);
    let members = [join(&app, &projects[0], &one).await, join(&app, &projects[0], &two).await].concat();
    let token = app.world.token("school-admin");
    let ledger = app.get("/api/v1/facilities").token(token).expect(200).await.json();
    let venue = ledger["items"][0]["id"].as_str().unwrap().to_owned();
    // The coach of the world has a draft for a contract, and is not vetted for health.
    let coach = app.world.staff("own school").member.to_string();
    let group = drafted(&app, &projects[0], "一组", &coach, &venue, &members).await;
    let refused = confirm(&app, &group, None).await;
    let found = |rule: &str, at: &str| (rule.to_owned(), at.to_owned());
    assert_eq!(
        stopped(&refused),
        [
            found("external-staff-contract", "/leader_id"),
            found("staff-vetted", "/leader_id"),
            found("venue-checked", "/venue_id")
        ]
    );
    let leader = own_teacher(&app, "王老师").await;
    crate::support::delivery::check_venue(&app, &venue, "2024-09-01", "2024-12-31", "passed").await;
    let hazard = json!({
        "facility_id": venue, "aspect": "venue", "is_serious": true, "description": "吊扇松动", "found_on": "2024-09-09"
    });
    let hazard = app.post("/api/v1/hazards").token(token).json(&hazard).expect(201).await;
    let body = json!({"project_id": projects[0], "name": "一组", "leader_id": leader, "venue_id": venue});
    let group = app.get(&format!("/api/v1/groups/{}", group.id())).token(token).expect(200).await;
    let group = app.put(&format!("/api/v1/groups/{}", group.id())).token(token).if_match(group.etag()).json(&body);
    let group = group.expect(200).await;
    let refused = confirm(&app, &group, None).await;
    assert_eq!(stopped(&refused), [found("venue-checked", "/venue_id")], "a serious hazard stands open");
    let cleared = json!({"cleared_on": "2024-09-10", "clearance": "已加固"});
    let cleared = call(&app, "school-admin", "hazards", &hazard, "clear", &cleared).expect(200).await;
    assert_eq!((&cleared.json()["state"], &cleared.json()["can"]), (&json!("cleared"), &json!([])));
    let confirmed = confirm(&app, &group, None).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.json());
    let said = confirmed.findings();
    assert!(said.contains(&("venue-checked".to_owned(), "warning".to_owned(), "/venue_id".to_owned())), "{said:?}");
}

#[rstest]
#[actix_web::test]
async fn members_come_and_go_by_the_day_and_a_share_beyond_its_bound_is_looked_at(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let Some(app) = TestApp::start(kind).await else { return };
    let projects = open(&app, &small_plan("own school", "autumn")).await;
    let (one, two) = (class_of(&app, "三年级2班", 3).await, class_of(&app, "三年级3班", 2).await);
    let of_one = join(&app, &projects[0], &one).await;
    let of_two = join(&app, &projects[0], &two).await;
    let (leader, venue) = (own_teacher(&app, "王老师").await, checked_venue(&app).await);
    let all = [of_one.clone(), of_two.clone()].concat();
    let group = drafted(&app, &projects[0], "一组", &leader, &venue, &all).await;
    let confirmed = confirm(&app, &group, None).await;
    app.db.clock().set_today(date!(2024 - 09 - 16));
    let late = json!({"from_on": "2024-09-12", "enrollment_ids": all});
    let refused = call(&app, "school-admin", "groups", &confirmed, "members", &late).send().await;
    assert_eq!(refused.faults(), [("/from_on".to_owned(), "out-of-range".to_owned())], "who was in it stays on record");
    let only_one = json!({"from_on": "2024-09-18", "enrollment_ids": of_one});
    let left = call(&app, "school-admin", "groups", &confirmed, "members", &only_one).expect(200).await;
    let token = app.world.token("school-admin");
    for (day, many) in [("2024-09-17", 5), ("2024-09-18", 3)] {
        let path = format!("/api/v1/group-members?group_id={}&on={day}", left.id());
        assert_eq!(app.get(&path).token(token).expect(200).await.json()["items"].as_array().unwrap().len(), many);
    }
    let signals = app.get("/api/v1/signals").token(app.world.token("bureau")).expect(200).await.json();
    let raised: Vec<&Value> = signals["items"].as_array().unwrap().iter().map(|signal| &signal["rule"]).collect();
    assert_eq!(raised, ["no-collective-instruction", "mixed-grouping"]);
    let strange = json!({"enrollment_ids": [of_one[0], of_one[0], projects[0]]});
    let refused = call(&app, "school-admin", "groups", &left, "members", &strange).send().await;
    let fault = |at: &str, code: &str| (at.to_owned(), code.to_owned());
    let expected = [fault("/enrollment_ids/1", "duplicate"), fault("/enrollment_ids/2", "not-found")];
    assert_eq!(refused.faults(), expected);
    let gone =
        call(&app, "school-admin", "groups", &left, "dissolve", &json!({"reason": "人数太少"})).expect(200).await;
    assert_eq!((&gone.json()["state"], &gone.json()["can"]), (&json!("dissolved"), &json!([])));
    let query = format!("group_id={}&state=planned", gone.id());
    // What was to be held before today was not, and stays to be recorded.
    assert_eq!(sessions(&app, "school-admin", &query).await.len(), 4);
    assert_eq!(app.wrong().await, Vec::<String>::new());
}

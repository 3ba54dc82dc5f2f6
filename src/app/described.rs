//! What the document says of an operation: who may call it, from which states, to which it leads; told by the tables
//! that decide it.

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use crate::auth::permission::{Reach, TABLE};
use crate::auth::{Life, LifeVerb, Role};
use crate::contract::{BASE, operations_mut, permission_of, texts};
use crate::http::Language;
use crate::rules::{RULES, Rule, Step};

/// A sentence in both languages.
struct Said {
    en: String,
    zh: String,
}

/// Describes every operation.
pub(super) fn describe_all(contract: &mut OpenApi, lives: &[&'static Life]) {
    for (method, path, operation) in operations_mut(contract) {
        describe(operation, method, path, lives);
    }
}

/// Writes the description: what the operation says of itself, then what the tables say.
fn describe(operation: &mut Operation, method: &str, path: &str, lives: &[&'static Life]) {
    let own = operation.description.take().filter(|own| !own.trim().is_empty()).map(|own| texts::bilingual(&own));
    let verb = Called::of(method, path).and_then(|called| called.verb(lives));
    let said = [Some(who_may(operation)), verb.and_then(|(life, verb)| moves(life, verb)), asks(method, path)];
    let said: Vec<Said> = said.into_iter().flatten().collect();
    let in_one = |text: fn(&Said) -> &str, between: &str| said.iter().map(text).collect::<Vec<_>>().join(between);
    let told = format!("{}\n\n{}", in_one(|said| &said.en, " "), in_one(|said| &said.zh, ""));
    operation.description = Some(own.map_or_else(|| told.clone(), |own| format!("{own}\n\n{told}")));
}

/// How far a permission reaches, as a phrase.
fn reaches(reach: Reach) -> (&'static str, &'static str) {
    match reach {
        Reach::Everything => ("everywhere", "全部范围"),
        Reach::Subtree => ("in their own organisation and below", "本单位及下级"),
        Reach::Chain => ("in their own organisation, below, and of authorities above", "本单位、下级及上级主管部门"),
        Reach::Own => ("for themselves", "本人"),
        Reach::OwnChildren => ("for their own children", "自己的孩子"),
        Reach::OwnPupils => ("for pupils of the classes that they teach", "本人任教班级的学生"),
        Reach::OwnGroups => ("for groups and sessions at which they serve", "本人服务的小组和场次"),
    }
}

/// Who may: the row of the permission's table.
fn who_may(operation: &Operation) -> Said {
    let permission = permission_of(operation);
    let row = TABLE.iter().find(|(name, _)| Some(*name) == permission.as_deref());
    let Some((name, holders)) = row else {
        return Said {
            en: "For everybody, without a token.".to_owned(), zh: "无需令牌，任何人可用。".to_owned()
        };
    };
    let mut groups: Vec<(Reach, Vec<Role>)> = Vec::new();
    for (role, reach) in *holders {
        match groups.iter_mut().find(|(known, _)| known == reach) {
            Some((_, roles)) => roles.push(*role),
            None => groups.push((*reach, vec![*role])),
        }
    }
    let listed = |one: fn(Reach, &[Role]) -> String, between: &str| {
        groups.iter().map(|(reach, roles)| one(*reach, roles)).collect::<Vec<_>>().join(between)
    };
    let en = |reach, roles: &[Role]| {
        let roles: Vec<String> = roles.iter().map(|role| format!("`{}`", role.as_str())).collect();
        format!("{} {}", roles.join(", "), reaches(reach).0)
    };
    let zh = |reach, roles: &[Role]| {
        let label = |role: &Role| texts::word("Role", role.as_str()).map_or(role.as_str(), |label| &label.zh);
        format!("{}（{}）", roles.iter().map(label).collect::<Vec<_>>().join("、"), reaches(reach).1)
    };
    Said {
        en: format!("Who may (`{name}`): {}.", listed(en, "; ")),
        zh: format!("可用角色（权限 `{name}`）：{}。", listed(zh, "；")),
    }
}

/// Which rules are asked.
type Asked = fn(&Rule) -> bool;

/// Where rules are asked, and which.
const ASKED: [(&str, Asked); 6] = [
    ("/plans/{id}/submit", |rule| rule.judges_plans()),
    ("/plan-amendments/{id}/submit", |rule| rule.judges_plans() || rule.steps.contains(&Step::PlanAmendment)),
    ("/notices/{id}/publish", |rule| rule.steps.contains(&Step::OpeningEnrollment)),
    ("/enrollments", |rule| is_of_choice(rule)),
    ("/enrollments/batch", |rule| is_of_choice(rule)),
    ("/charges", |rule| rule.steps.contains(&Step::Charge)),
];

/// Whether it is asked when somebody chooses; the agreement is signed after that.
fn is_of_choice(rule: &Rule) -> bool {
    rule.steps.contains(&Step::Enrollment) && rule.id != "signed-agreement"
}

/// Which rules it asks, by the catalogue.
fn asks(method: &str, path: &str) -> Option<Said> {
    let asked = ASKED.iter().find(|(of, _)| method == "POST" && path.strip_prefix(BASE) == Some(*of));
    let (_, is_asked) = asked?;
    let rules = || RULES.iter().filter(|rule| is_asked(rule));
    let en: Vec<String> = rules().map(|rule| format!("`{}`", rule.id)).collect();
    let zh: Vec<String> = rules().map(|rule| Language::Zh.text(&rule.title_key(), [])).collect();
    Some(Said {
        en: format!("It asks the rules {}; see `GET /rules`.", en.join(", ")),
        zh: format!("适用规则：{}；见 `GET /rules`。", zh.join("、")),
    })
}

/// What a path calls: the collection and the verb.
struct Called<'a> {
    collection: &'a str,
    word: &'a str,
}

impl<'a> Called<'a> {
    fn of(method: &str, path: &'a str) -> Option<Self> {
        let (before, after) = path.strip_prefix(BASE)?.split_once("/{id}")?;
        let word = match (method, after.strip_prefix('/')) {
            ("PUT", None) => "update",
            ("DELETE", None) => "delete",
            ("POST", Some(word)) => word,
            _ => return None,
        };
        Some(Self { collection: before.trim_start_matches('/'), word })
    }

    /// The row of a life's table: of the thing itself, or of what is moved by way of it.
    fn verb(&self, lives: &[&'static Life]) -> Option<(&'static Life, &'static LifeVerb)> {
        let rows = lives.iter().flat_map(|life| life.verbs.iter().map(move |verb| (*life, verb)));
        let called = rows.filter(|(life, verb)| life.word_on(self.collection, verb) == Some(self.word));
        // The thing's own comes before what is moved by way of it.
        called.min_by_key(|(_, verb)| verb.by_way_of.is_some())
    }
}

/// From which states it is called, and to which it leads; nothing where there is only one.
fn moves(life: &Life, verb: &LifeVerb) -> Option<Said> {
    if life.states.len() < 2 {
        return None;
    }
    let quoted = |states: &[&str]| states.iter().map(|state| format!("`{state}`")).collect::<Vec<_>>().join(", ");
    let labels = |states: &[&str]| Language::Zh.listed("state", &states.join(", "));
    let from: Vec<&str> = verb.moves.iter().map(|(from, _)| *from).collect();
    let stays = verb.moves.iter().all(|(from, to)| **to == [*from]);
    let mut leads: Vec<&str> = verb.moves.iter().flat_map(|(_, to)| to.iter().copied()).collect();
    leads.sort_unstable();
    leads.dedup();
    let (of_en, of_zh) = verb.by_way_of.map_or(("", ""), |_| (" of what it decides on", "（所审核对象）"));
    let (to_en, to_zh) = if stays {
        ("; the state stays".to_owned(), "，状态不变".to_owned())
    } else {
        (format!("; leads to {}", quoted(&leads)), format!("，之后为{}", labels(&leads)))
    };
    Some(Said {
        en: format!("From the states{of_en} {}{to_en}; any other state is 409.", quoted(&from)),
        zh: format!("可用状态{of_zh}：{}{to_zh}；其他状态返回 409。", labels(&from)),
    })
}

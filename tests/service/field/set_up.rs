//! The usual requests that a set-up of a sequence stands for. Each gives the answer that its step is about; what comes
//! before it has to succeed.

use kehou::auth::Role;
use serde_json::{Value, json};

use super::replay::Replay;
use super::{document, upload};
use crate::support::app::Answer;
use crate::support::materials::ALWAYS;

impl Replay {
    pub async fn set_up(&mut self, name: &str, step: &Value) -> Answer {
        match name {
            "draft" => self.draft(step).await,
            "submit" => self.submit().await,
            "publish" => self.publish().await,
            "approve" => self.approve(step["of"].as_str().unwrap_or("/plans/{plan}")).await,
            "submit, publish, approve" => {
                self.through(&["submit", "publish"]).await;
                self.approve("/plans/{plan}").await
            }
            "published plan" | "approved plan" => {
                let drafted = self.draft(step).await;
                self.done(drafted);
                self.through(&["submit"]).await;
                let published = self.publish().await;
                if name == "published plan" { published } else { self.approved(published).await }
            }
            "another approved plan" => {
                self.new_plan(&document::of_step(step)).await;
                self.through(&["submit", "publish"]).await;
                self.approve("/plans/{plan}").await
            }
            "drafted plan of 2025-2026" => self.next_year(step).await,
            "published plan of 2025-2026" => {
                self.next_year(step).await;
                self.through(&["submit"]).await;
                self.publish().await
            }
            "project" => self.project(step).await,
            "returned" => self.send_back(step).await,
            "amendment" => self.amendment(step).await,
            "material" => self.material(step["kind"].as_str().unwrap()).await,
            "pupil with a guardian" => self.pupil(step).await,
            "applies and signs" => self.applies_and_signs(step).await,
            "signs" => self.signs(&self.fill(&format!("{{{}}}", step["enrollment"].as_str().unwrap()))).await,
            "school B" => self.school_b().await,
            _ => panic!("no set-up {name}"),
        }
    }

    /// Steps on the plan at hand that have to succeed.
    async fn through(&mut self, steps: &[&str]) {
        for step in steps {
            let answer = if *step == "submit" { self.submit().await } else { self.publish().await };
            self.done(answer);
        }
    }

    fn plan(&self) -> String {
        self.fill("/plans/{plan}")
    }

    async fn draft(&self, step: &Value) -> Answer {
        let document = self.fill_in(&document::of_step(step));
        self.change(&self.admin, ("PUT", &self.plan()), Some(&document)).await
    }

    async fn submit(&self) -> Answer {
        self.change(&self.admin, ("POST", &format!("{}/submit", self.plan())), None).await
    }

    /// Drafts a notice and publishes it, as `notice`.
    async fn publish(&mut self) -> Answer {
        let new = self.fill_in(&json!({"plan_id": "{plan}", "items": {}}));
        let drafted = self.done(self.post(&self.admin, "/notices", &new).await).json();
        self.save("notice", drafted);
        self.change(&self.admin, ("POST", &self.fill("/notices/{notice}/publish")), None).await
    }

    async fn approved(&self, before: Answer) -> Answer {
        self.done(before);
        self.approve("/plans/{plan}").await
    }

    /// The latest filing of a plan or an amendment.
    async fn filing(&self, of: &str) -> Value {
        let filed = self.get(&self.admin, &self.fill(of)).await.json();
        let id = filed["latest_filing"]["id"].as_str().unwrap().to_owned();
        self.get(&self.admin, &format!("/filings/{id}")).await.json()
    }

    async fn approve(&self, of: &str) -> Answer {
        let filing = self.filing(of).await;
        let path = format!("/filings/{}/approve", filing["id"].as_str().unwrap());
        self.change("demo.bureau", ("POST", &path), Some(&json!({"sha256": filing["sha256"]}))).await
    }

    async fn send_back(&mut self, step: &Value) -> Answer {
        let filing = self.filing("/plans/{plan}").await;
        self.save("filing", filing.clone());
        let text = step["text"].as_str().unwrap_or("请附收费文件全文。");
        let reason = json!({"part": "fees", "pointer": "/projects/0/fee", "text": text});
        let body = json!({"sha256": filing["sha256"], "reasons": [reason], "due_on": step["due_on"]});
        self.change("demo.bureau", ("POST", &self.fill("/filings/{filing}/return")), Some(&body)).await
    }

    /// Drafts a plan with all its materials; from now on it is the one at hand.
    async fn new_plan(&mut self, document: &Value) {
        let drafted = self.done(self.post(&self.admin, "/plans", &self.fill_in(document)).await).json();
        self.save("plan", drafted);
        for kind in ALWAYS {
            let uploaded = self.material(kind.as_str()).await;
            self.done(uploaded);
        }
    }

    /// An upload for the plan at hand.
    async fn material(&self, kind: &str) -> Answer {
        let file = json!({"kind": kind, "name": format!("{kind}.pdf")});
        let form = upload::form(&self.fill("{school}"), Some(&self.fill("{plan}")), &file);
        form.ask(&self.app, &self.admin).send().await
    }

    /// Drafts an amendment of the document in force.
    async fn amendment(&self, step: &Value) -> Answer {
        let standing = self.get(&self.admin, &format!("{}/document", self.plan())).await.json();
        let document = document::change(standing, step);
        let body = self.fill_in(&json!({"plan_id": "{plan}", "reason": "学生需求变化。", "document": document}));
        self.post(&self.admin, "/plan-amendments", &body).await
    }

    /// Replaces what one project offers, by itself.
    async fn project(&self, step: &Value) -> Answer {
        let path = self.fill(&format!("/projects/{{project:{}}}", step["project"].as_str().unwrap()));
        let offer = self.get(&self.admin, &path).await.json()["offer"].clone();
        let body = self.fill_in(&json!({"plan_id": "{plan}", "offer": document::change(offer, step)}));
        self.change(&self.admin, ("PUT", &path), Some(&body)).await
    }

    /// A term of the next school year, a closed survey for it, and a drafted plan.
    async fn next_year(&mut self, step: &Value) -> Answer {
        let term = json!({
            "authority_id": "{city}", "school_year": "2025-2026", "season": "autumn", "opens_on": step["opens_on"],
            "ends_on": step["ends_on"], "winter_periods": [{"from": "2025-11-01", "to": step["ends_on"]}]
        });
        self.done(self.post("demo.platform", "/terms", &self.fill_in(&term)).await);
        let survey = json!({
            "school_id": "{school}", "school_year": "2025-2026", "season": "autumn", "title": "课后服务意向调查",
            "opens_on": step["opens_on"], "closes_on": step["opens_on"], "questions": [
                {"key": "say", "kind": "text", "text": "您有什么建议？"}
            ]
        });
        let survey = self.done(self.post(&self.admin, "/surveys", &self.fill_in(&survey)).await).json();
        self.save("survey", survey);
        for verb in ["open", "close"] {
            let path = self.fill(&format!("/surveys/{{survey}}/{verb}"));
            self.done(self.change(&self.admin, ("POST", &path), None).await);
        }
        let mut document = document::of_step(step);
        document["term"] = json!({
            "school_year": "2025-2026", "season": "autumn", "opens_on": step["opens_on"], "ends_on": step["ends_on"],
            "winter_periods": term["winter_periods"]
        });
        self.new_plan(&document).await;
        self.get(&self.admin, &self.plan()).await
    }

    /// Enters a pupil, and the account `demo.guardian` as its guardian.
    async fn pupil(&mut self, step: &Value) -> Answer {
        let account = step["as"].as_str().unwrap_or("demo.school").to_owned();
        let mut pupil = json!({"common": "pupil"});
        for (field, value) in step["with"].as_object().into_iter().flatten() {
            pupil[field] = value.clone();
        }
        let entered = self.done(self.post(&account, "/students", &self.body(&pupil)).await);
        let held = json!({
            "common": "guardianship", "person_id": entered.json()["person_id"], "user_id": "{user:demo.guardian}",
            "relation": "mother", "contact_name": "林女士", "contact_phone": null
        });
        self.done(self.post(&account, "/guardianships", &self.body(&held)).await);
        entered
    }

    async fn applies_and_signs(&mut self, step: &Value) -> Answer {
        let (child, project) = (step["child"].as_str().unwrap(), step["project"].as_str().unwrap());
        let choice = json!({"student_id": format!("{{{child}}}"), "project_id": format!("{{project:{project}}}")});
        let made = self.done(self.post("demo.guardian", "/enrollments", &self.fill_in(&choice)).await);
        self.signs(&made.id()).await
    }

    /// The account `demo.guardian` reads the agreement of an enrollment and signs it.
    async fn signs(&self, enrollment: &str) -> Answer {
        let path = format!("/enrollments/{enrollment}");
        let agreement = self.get("demo.guardian", &format!("{path}/agreement")).await.json();
        let signature = json!({"sha256": agreement["sha256"]});
        self.change("demo.guardian", ("POST", &format!("{path}/sign")), Some(&signature)).await
    }

    /// Another school with an approved plan, in another district: its administrator, its finance, and its plan at hand.
    async fn school_b(&mut self) -> Answer {
        self.find("B", "/schools", |school| school["code"] == "3143068201").await;
        let school = self.fill("{B}");
        for (name, role) in [("b.admin", Role::SchoolAdmin), ("b.finance", Role::SchoolFinance)] {
            self.app.world.add_account(&self.app.app, name, role, &school).await;
        }
        "b.admin".clone_into(&mut self.admin);
        let plans = self.fill("/plans?school_id={B}");
        self.find("plan", &plans, |plan| plan["state"] == "approved").await;
        self.get("b.admin", &self.plan()).await
    }
}

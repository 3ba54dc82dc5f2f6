//! The codes for a class as one page to print: a piece of paper for each guardian. It needs no script and no outside
//! download.

use askama::Template;

use super::{Letter, Letters};
use crate::auth::invitations::InvitationLinks;
use crate::db::local_date;
use crate::http::{File, Language};
use crate::refusal::Refusal;
use crate::values::iso_date;

#[derive(Template)]
#[template(path = "invitations.html")]
struct InvitationsPage<'a> {
    language: Language,
    school: &'a str,
    class: &'a str,
    app: Option<&'a str>,
    papers: Vec<Paper<'a>>,
}

struct Paper<'a> {
    child: &'a str,
    guardian: String,
    code: String,
    /// SVG of our own making.
    picture: String,
    until: String,
}

impl InvitationsPage<'_> {
    fn text(&self, key: &str) -> String {
        self.language.text(&format!("invitation.{key}"), [])
    }

    /// What to do, step by step.
    fn steps(&self) -> Vec<String> {
        let open = match self.app {
            Some(app) => self.language.text("invitation.step-open-app", [("app", app)]),
            None => self.text("step-open"),
        };
        vec![open, self.text("step-digits"), self.text("step-choose")]
    }
}

/// Renders the page.
///
/// # Errors
/// A defect of the page.
pub(super) fn render(letters: &Letters, links: &InvitationLinks, language: Language) -> Result<File, Refusal> {
    let papers: Result<Vec<Paper<'_>>, Refusal> =
        letters.letters.iter().map(|letter| paper(letter, links, language)).collect();
    let page = InvitationsPage {
        language,
        school: &letters.school,
        class: &letters.class,
        app: links.app_url.as_deref(),
        papers: papers?,
    };
    let html = page.render().map_err(Refusal::internal)?;
    Ok(File { media_type: "text/html; charset=utf-8", save_as: None, bytes: html.into_bytes(), version: 1 })
}

fn paper<'a>(letter: &'a Letter, links: &InvitationLinks, language: Language) -> Result<Paper<'a>, Refusal> {
    let Letter { issued, child, held } = letter;
    let relation = language.text(&format!("invitation.relation-{}", held.relation.as_str()), []);
    let params = [("name", held.contact_name.as_str()), ("relation", relation.as_str())];
    let until = iso_date::text(local_date(issued.invitation.expires_at));
    Ok(Paper {
        child,
        guardian: language.text("invitation.guardian", params),
        code: issued.code.shown(),
        picture: links.picture(&issued.code)?,
        until: language.text("invitation.until", [("day", until.as_str())]),
    })
}

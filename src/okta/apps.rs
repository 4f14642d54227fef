//! Finding apps, and finding out whether a connection works at all.

use chrono::Duration;

use super::client::{Client, segment};
use super::wire;
use crate::core::cause::{AppCause, NetworkCause};
use crate::core::fault::{Code, Fault};
use crate::core::pages::{Endless, Pages};
use crate::core::protocol::call::SeenApp;
use crate::core::protocol::usable::secretless;
use crate::core::remedy::{InAdoption, OnConnection};
use crate::text::sanitize;

/// A page of the org's apps.
#[derive(Clone, Debug)]
pub struct Page {
    /// The apps, in Okta's order.
    pub apps: Vec<SeenApp>,
    /// Path and query of the next page.
    pub next: Option<String>,
}

/// An org as a working connection sees it.
#[derive(Clone, Debug)]
pub struct Organization {
    /// Okta's id of the org, `00o…`.
    pub id: String,
    /// Okta's clock less ours.
    pub skew: Option<Duration>,
}

impl Client {
    /// The first page of apps, or the page that another one named as next.
    pub async fn apps(&self, query: Option<&str>, next: Option<&str>) -> Result<Page, Fault> {
        let first = match query {
            Some(query) => format!("/api/v1/apps?limit=200&q={}", segment(query)),
            None => "/api/v1/apps?limit=200".to_owned(),
        };
        let body = self.get_list(next.unwrap_or(&first)).await.result?;
        let apps = body.json::<wire::Apps>()?.0.into_iter().map(SeenApp::from).collect();
        let links = body.headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
        let next = match links.flat_map(links_of).find_map(next_link) {
            Some(link) => Some(self.within(link)?),
            None => None,
        };
        Ok(Page { apps, next })
    }

    /// Every app, page by page. Fails where they have no end: an app that was not read is not one that is not there.
    pub async fn all_apps(&self, query: Option<&str>) -> Result<Vec<SeenApp>, Fault> {
        let mut all: Vec<SeenApp> = Vec::new();
        let mut next: Option<String> = None;
        let mut pages = Pages::default();
        loop {
            let page = self.apps(query, next.as_deref()).await?;
            let ended = pages.turn(page.apps.iter().map(|app| app.id.as_str()), page.next.as_deref());
            all.extend(page.apps);
            next = page.next;
            match ended {
                Ok(()) if next.is_none() => return Ok(all),
                Ok(()) => {}
                Err(endless) => return Err(self.endless(endless)),
            }
        }
    }

    fn endless(&self, endless: Endless) -> Fault {
        let cause = AppCause::EndlessList { host: self.url.host().to_owned(), how: endless };
        match endless {
            Endless::TooMany => Fault::precondition(cause).and(InAdoption::NameAppById),
            Endless::Back | Endless::Again => Fault::new(Code::Unreadable, cause).and(InAdoption::NameAppById),
        }
    }

    /// One app by its id.
    pub async fn app(&self, id: &str) -> Result<SeenApp, Fault> {
        let body = self.get_app(id).await.result?;
        body.json::<wire::App>().map(Into::into)
    }

    /// An app by what an operator typed: its id, its client id or its exact label.
    ///
    /// The default client id equals the app id, so the id is tried first; Okta has no filter on client ids, so the list
    /// is searched after that (Okta note, §2).
    pub async fn find_app(&self, typed: &str) -> Result<SeenApp, Fault> {
        if typed.starts_with("0oa") {
            match self.app(typed).await {
                Err(fault) if fault.code == Code::AppGone => {}
                found => return found,
            }
        }
        let label = sanitize(typed, 128);
        let matches = |app: &SeenApp| app.client_id == typed || app.id == typed || app.label == label;
        let mut found: Vec<SeenApp> = self.all_apps(Some(typed)).await?.into_iter().filter(matches).collect();
        let mut others = Vec::new();
        if found.is_empty() {
            (found, others) = self.all_apps(None).await?.into_iter().partition(matches);
        }
        // A product with several ways to sign in is often several apps with one label, of which only one may have a
        // secret.
        if found.len() > 1 && found.iter().filter(|app| secretless(app).is_none()).count() == 1 {
            found.retain(|app| secretless(app).is_none());
        }
        match found.len() {
            1 => Ok(found.remove(0)),
            0 => {
                let cause = AppCause::NoSuchApp { host: self.url.host().to_owned(), typed: typed.to_owned() };
                let near = nearest(typed, &others);
                let near = near.map(|app| InAdoption::DidYouMean { label: app.label.clone(), id: app.id.clone() });
                let near = near.into_iter().map(Into::into).collect();
                Err(Fault::new(Code::AppGone, cause).with(near).and(OnConnection::ListApps))
            }
            _ => {
                let ids = found.iter().map(|app| app.id.clone()).collect();
                let cause = AppCause::AppsAlike { typed: typed.to_owned(), ids };
                Err(Fault::precondition(cause).and(InAdoption::NameAppById))
            }
        }
    }

    /// Whether the org answers, and what it says of itself. Needs no credential.
    pub async fn organization(&self) -> Result<Organization, Fault> {
        let exchange = self.get_public("/.well-known/okta-organization").await;
        let id = exchange.result?.json::<wire::Organization>()?.id;
        Ok(Organization { id: sanitize(&id, 64), skew: exchange.record.skew })
    }

    /// Whether the credential and its role suffice to read apps: a few are listed.
    pub async fn probe(&self) -> Result<Vec<SeenApp>, Fault> {
        let body = self.get_list("/api/v1/apps?limit=20").await.result?;
        Ok(body.json::<wire::Apps>()?.0.into_iter().map(SeenApp::from).collect())
    }

    /// A link of Okta's as path and query. It carries our credential, so it must stay within the org's own origin.
    fn within(&self, link: &str) -> Result<String, Fault> {
        let rest = link.strip_prefix(self.url.as_str()).filter(|rest| rest.starts_with('/'));
        rest.map(str::to_owned).ok_or_else(|| {
            Fault::new(Code::Redirected, NetworkCause::PageElsewhere).and(OnConnection::GiveOrgAddressNotCustom)
        })
    }
}

/// The app whose label is nearest to what was typed, if any is near.
fn nearest<'a>(typed: &str, apps: &'a [SeenApp]) -> Option<&'a SeenApp> {
    let typed = typed.to_lowercase();
    let scored = apps.iter().map(|app| (strsim::jaro_winkler(&typed, &app.label.to_lowercase()), app));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(score, _)| *score > 0.8).map(|(_, app)| app)
}

/// The values of a `Link` line: Okta sends one a line, others separate them by commas, which addresses may hold too.
fn links_of(line: &str) -> impl Iterator<Item = &str> {
    let mut within = false;
    line.split(move |c| {
        within = (within || c == '<') && c != '>';
        c == ',' && !within
    })
}

/// The target of a `Link` value whose relation is `next` (RFC 8288).
fn next_link(link: &str) -> Option<&str> {
    let (target, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
    rest.split(';').any(|part| matches!(part.trim(), "rel=\"next\"" | "rel=next")).then_some(target)
}

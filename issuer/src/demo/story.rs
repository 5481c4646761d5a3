//! The story itself.

use issuer::fetch::{self, Fetch, Wanted, Web};
use issuer::http::edge::Clock;
use issuer::submission::PrivacyStatement;
use serde_json::{Value, json};
use url::Url;
use verifier::{Policy, Verdict};

use super::cast::Cast;
use super::client::{Broken, Caller, text};
use super::folder::{DemoFolder, Fate, Kept, KeptBadge};
use super::teller::Teller;
use super::title::{Attempt, Listed, Title};

/// Everything the story is told with.
pub struct Story<'a> {
    origin: &'a Url,
    web: &'a Web,
    folder: &'a DemoFolder,
    teller: &'a mut Teller,
}

impl<'a> Story<'a> {
    pub fn new(
        origin: &'a Url,
        web: &'a Web,
        folder: &'a DemoFolder,
        teller: &'a mut Teller,
    ) -> Story<'a> {
        Story {
            origin,
            web,
            folder,
            teller,
        }
    }

    /// Tells the story from the beginning, or what is left of one that was told before.
    pub async fn tell(&mut self, first_token: Option<String>) -> Result<(), Broken> {
        let kept = match (self.folder.kept()?, first_token) {
            (Some(kept), _) => {
                self.teller.chapter(
                    "The story of this folder was told before; its badges are verified again.",
                );
                kept
            }
            (None, Some(token)) => {
                let told = self.begin(&token).await?;
                self.folder.keep(&told)?;
                told
            }
            (None, None) => return Err(Broken::Lacking("first person")),
        };
        for badge in &kept.badges {
            self.verify(badge).await?;
        }
        self.addresses(&kept);
        Ok(())
    }

    async fn begin(&mut self, token: &str) -> Result<Kept, Broken> {
        let titles: Vec<Title> = serde_json::from_str(include_str!("../../demo/story.json"))
            .map_err(std::io::Error::from)?;
        let cast = Cast::gather(self.origin, token).await?;
        self.teller.chapter("The catalogue");
        let others: Vec<Listed> = serde_json::from_str(include_str!("../../demo/catalogue.json"))
            .map_err(std::io::Error::from)?;
        let listed = titles.iter().map(|title| (&title.id, &title.content));
        for (id, content) in listed.chain(others.iter().map(|one| (&one.id, &one.content))) {
            self.publish(&cast, id, content).await?;
        }
        let mut badges = Vec::new();
        for title in &titles {
            let badge = self.earn(&cast, title).await?;
            badges.push(KeptBadge {
                title: title.name().to_owned(),
                url: badge,
                fate: Fate::Stands,
            });
        }
        if let Some(revoked) = badges.iter_mut().find(|badge| badge.title == REVOKED) {
            self.verify(revoked).await?;
            self.revoke(&cast, revoked).await?;
            revoked.fate = Fate::Revoked;
        }
        Ok(Kept {
            people: cast.kept,
            badges,
        })
    }

    async fn publish(&mut self, cast: &Cast, id: &str, content: &Value) -> Result<(), Broken> {
        let path = format!("/api/v1/micro-credentials/{id}");
        let draft = format!("/api/v1/organisations/host/micro-credentials/{id}");
        cast.office.put(&draft, content.clone()).await?;
        let published = cast
            .office
            .post(&format!("{path}/publish"), json!({}))
            .await?;
        self.teller.holds(&format!(
            "{} is published: {}",
            content["name"].as_str().unwrap_or(id),
            text(&published, "url")?
        ));
        Ok(())
    }

    /// From the first piece of evidence to the published badge, whose address is given back.
    async fn earn(&mut self, cast: &Cast, title: &Title) -> Result<String, Broken> {
        self.teller
            .chapter(&format!("Dana Whitlock works towards {}", title.name()));
        let started = cast
            .earner
            .post(
                "/api/v1/submissions",
                json!({ "micro_credential": title.id }),
            )
            .await?;
        let submission = format!("/api/v1/submissions/{}", text(&started, "id")?);
        let review = submission.replace("/submissions/", "/reviews/");
        for attempt in &title.attempts {
            self.hand_in(cast, title, &submission, attempt).await?;
            self.review(cast, &review, attempt).await?;
        }
        let earned = cast.earner.get(&submission).await?;
        let award = text(&earned, "award")?;
        let mine = cast.earner.get("/api/v1/badges").await?;
        let badges = mine["items"].as_array().ok_or(Broken::Lacking("list"))?;
        let badge = badges
            .iter()
            .find(|badge| badge["award"] == award)
            .ok_or(Broken::Lacking("badge"))?;
        let (id, url) = (text(badge, "id")?, text(badge, "url")?);
        self.share(cast, &id, &url).await?;
        Ok(url)
    }

    async fn hand_in(
        &mut self,
        cast: &Cast,
        title: &Title,
        submission: &str,
        attempt: &Attempt,
    ) -> Result<(), Broken> {
        for piece in &attempt.evidence {
            let before = cast.earner.get(submission).await?;
            for entry in before["evidence"].as_array().into_iter().flatten() {
                if entry["requirement"] == *piece.requirement {
                    cast.earner
                        .delete(&format!("{submission}/evidence/{}", text(entry, "id")?))
                        .await?;
                }
            }
            let added = match (&piece.text, &piece.file) {
                (_, Some(file)) => {
                    let bytes = file.text.clone().into_bytes();
                    cast.earner
                        .upload(
                            &format!("{submission}/files"),
                            &file.name,
                            &piece.requirement,
                            bytes,
                        )
                        .await?
                }
                (written, None) => {
                    let body = json!({ "requirement": piece.requirement, "text": written });
                    cast.earner
                        .post(&format!("{submission}/evidence"), body)
                        .await?
                }
            };
            if title.shared.contains(&piece.requirement) {
                let path = format!("{submission}/evidence/{}/sharing", text(&added, "id")?);
                cast.earner
                    .put(&path, json!({ "sharing": "shared" }))
                    .await?;
            }
        }
        let receipt = cast
            .earner
            .post(
                &format!("{submission}/submit"),
                json!({ "note": attempt.note, "privacy_statement": PrivacyStatement::CURRENT.version }),
            )
            .await?;
        let digest = text(&receipt, "manifest_sha256")?;
        self.teller.holds(&format!(
            "hands in version {}; the receipt is {}…",
            receipt["version"],
            digest.get(..16).unwrap_or(&digest)
        ));
        Ok(())
    }

    async fn review(&mut self, cast: &Cast, review: &str, attempt: &Attempt) -> Result<(), Broken> {
        let claim = format!("{review}/claim");
        let reading = cast.reviewer.post(&claim, json!({})).await?;
        let body = json!({ "version": reading["version"], "scores": attempt.scores, "comment": attempt.comment });
        let finished = cast.reviewer.post(review, body).await?;
        if finished["decision"] != *attempt.decision {
            self.teller.fails(&format!(
                "the review ended as {} and not as {}",
                finished["decision"], attempt.decision
            ));
            return Ok(());
        }
        if finished["decision"] != "accepted" {
            let unmet: Vec<&str> = finished["unmet"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            self.teller.holds(&format!(
                "gets it back with feedback on: {}",
                unmet.join(", ")
            ));
            return Ok(());
        }
        self.teller
            .holds("all criteria are met: the award is made and the badge issued and logged");
        Ok(())
    }

    async fn share(&mut self, cast: &Cast, id: &str, url: &str) -> Result<(), Broken> {
        let stranger = Caller::stranger(self.origin)?;
        match stranger.status(url).await?.as_u16() {
            404 => self
                .teller
                .holds("to strangers the badge does not exist yet (404)"),
            other => self
                .teller
                .fails(&format!("a stranger sees the private badge ({other})")),
        }
        cast.earner
            .put(
                &format!("/api/v1/badges/{id}/visibility"),
                json!({ "visibility": "public" }),
            )
            .await?;
        match stranger.status(url).await?.as_u16() {
            200 => self.teller.holds(&format!("publishes it: {url}")),
            other => self.teller.fails(&format!(
                "a stranger does not see the public badge ({other})"
            )),
        }
        Ok(())
    }

    async fn revoke(&mut self, cast: &Cast, badge: &KeptBadge) -> Result<(), Broken> {
        self.teller
            .chapter(&format!("The office revokes {}", badge.title));
        let id = badge.url.rsplit('/').next().unwrap_or_default();
        let body = json!({ "reason": "Shown in the demo: the evidence turned out to be from another class." });
        cast.office
            .post(&format!("/api/v1/badges/{id}/revoke"), body)
            .await?;
        let page = Caller::stranger(self.origin)?.page(&badge.url).await?;
        match page
            .find("This badge has been revoked")
            .zip(page.find("<h1>"))
        {
            Some((notice, title)) if notice < title => {
                self.teller.holds("its page says so before anything else")
            }
            _ => self.teller.fails("its page does not say so first"),
        }
        Ok(())
    }

    /// Fetches all three forms as a stranger would and holds each to what the story says of the badge.
    async fn verify(&mut self, badge: &KeptBadge) -> Result<(), Broken> {
        self.teller
            .chapter(&format!("A stranger verifies {}", badge.title));
        for (form, extension) in [
            ("JSON with embedded proof", "json"),
            ("compact JWT", "jwt"),
            ("baked PNG", "png"),
        ] {
            let address = format!("{}.{extension}", badge.url);
            let url = Url::parse(&address).map_err(|_| Broken::Address(address))?;
            let document = match self.web.fetch(&url, Wanted::Badge).await {
                Ok(document) => document,
                Err(failure) => {
                    self.teller
                        .fails(&format!("{form}: {failure} ({})", failure.code()));
                    continue;
                }
            };
            let report = fetch::verify(
                document.bytes,
                self.web,
                Policy::default(),
                Clock::System.now(),
            )
            .await;
            let code = report.reason().map(verifier::Reason::code);
            match (badge.fate, report.verdict(), code) {
                (Fate::Stands, Verdict::Verified, _) => {
                    self.teller.holds(&format!("{form}: verified"))
                }
                (Fate::Revoked, Verdict::Refused, Some(REVOKED_CODE)) => {
                    self.teller
                        .holds(&format!("{form}: refused, {REVOKED_CODE}"));
                }
                (_, verdict, code) => {
                    self.teller.fails(&format!(
                        "{form}: {verdict:?}, {}",
                        code.unwrap_or("no reason")
                    ));
                }
            }
        }
        Ok(())
    }

    fn addresses(&self, kept: &Kept) {
        self.teller.chapter("Where to look");
        let base = self.origin.as_str().trim_end_matches('/');
        for badge in &kept.badges {
            let fate = if badge.fate == Fate::Revoked {
                " (revoked)"
            } else {
                ""
            };
            self.teller
                .say(&format!("  {:<28} {}{fate}", badge.title, badge.url));
        }
        for (name, path) in [
            ("Catalogue", "/catalogue"),
            ("Verify a badge", "/verify"),
            ("Issuer", "/issuer"),
            ("Log", "/log/checkpoint"),
        ] {
            self.teller.say(&format!("  {name:<28} {base}{path}"));
        }
        if let Some(badge) = kept.badges.first() {
            self.teller.chapter("In another terminal");
            let command = format!("verify --development {base} {}", badge.url);
            self.teller
                .say(&format!("  cargo run --release -- {command}"));
        }
        self.teller
            .chapter("Bearer tokens, for the interface under /api/v1");
        for person in &kept.people {
            self.teller.say(&format!(
                "  {:<28} {}",
                format!("{} ({})", person.name, person.part),
                person.token
            ));
        }
    }
}

const REVOKED: &str = "Idea Generating";
const REVOKED_CODE: &str = "status.revoked";

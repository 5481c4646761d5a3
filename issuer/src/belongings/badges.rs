//! Badges: those that were earned here in every edition and form, and those that were brought from elsewhere.

use super::Out;
use crate::endorsement::Endorsed;
use crate::error::Error;
use crate::hosted::{Content, Hosted, Picture, TextForm};
use crate::id::BadgeId;
use crate::page::PageRequest;

impl Out<'_> {
    pub(super) fn badges(&mut self) -> Result<(), Error> {
        self.index.section("Badges");
        let mut asked = PageRequest::most();
        loop {
            let page = self.app.store.badges_of(self.person.id, &asked)?;
            for badge in page.items {
                let folder = format!("badges/{}", badge.id);
                let title = self.title(&badge.micro_credential)?;
                let about = format!("{title}: what is known of the badge");
                self.record(&format!("{folder}/badge.json"), &about, &badge)?;
                self.endorsements(badge.id, &title)?;
                for edition in &badge.editions {
                    let number = edition.number;
                    let Some(issued) = self.app.store.issued(badge.id, number)? else {
                        continue;
                    };
                    for (ending, form, text) in [
                        ("json", "JSON", issued.json()),
                        ("jwt", "JWT", issued.jwt()),
                    ] {
                        let path = format!("{folder}/edition-{number}.{ending}");
                        let about = format!("{title}: the credential, edition {number}, as {form}");
                        self.entry(&path, &about, text.as_bytes().to_vec())?;
                    }
                }
            }
            match page.next {
                Some(next) => asked.cursor = Some(next),
                None => break,
            }
        }
        for kind in ["award", "stack-award"] {
            self.list(kind)?;
        }
        Ok(())
    }

    /// What was asked and said about a badge.
    fn endorsements(&mut self, badge: BadgeId, title: &str) -> Result<(), Error> {
        for endorsement in self.app.store.endorsements_of(&Endorsed::Badge(badge))? {
            let path = format!("badges/{badge}/endorsements/{}", endorsement.id);
            let about = format!("{title}: an endorsement that was asked for or given");
            self.record(&format!("{path}.json"), &about, &endorsement)?;
            let Some(signed) = self.app.store.endorsement_credential(endorsement.id)? else {
                continue;
            };
            for (ending, form, text) in [
                ("json", "JSON", signed.json()),
                ("jwt", "JWT", signed.jwt()),
            ] {
                let about = format!("{title}: the endorsement, signed, as {form}");
                let path = format!("{path}-credential.{ending}");
                self.entry(&path, &about, text.as_bytes().to_vec())?;
            }
        }
        Ok(())
    }

    /// What they brought here from elsewhere, as it came.
    pub(super) fn hosted(&mut self) -> Result<(), Error> {
        let hosted = self.app.store.hosted_of(self.person.id)?;
        let profile = self.app.store.hosted_profile(self.person.id)?;
        self.list("hosted-import")?;
        if hosted.is_empty() && profile.is_none() {
            return Ok(());
        }
        self.index.section("Badges from elsewhere");
        for badge in &hosted {
            self.brought(badge)?;
        }
        if let Some(profile) = profile {
            let about = "The profile that an application wrote for you";
            self.record("hosted/profile.json", about, &profile.value)?;
        }
        Ok(())
    }

    fn brought(&mut self, badge: &Hosted) -> Result<(), Error> {
        let (folder, title) = (format!("hosted/{}", badge.id), &badge.about.title);
        let about = format!("{title}: what is known of the badge");
        self.record(&format!("{folder}/badge.json"), &about, badge)?;
        let ending = match badge.form {
            TextForm::Json => "json",
            TextForm::Jwt => "jwt",
        };
        let text = self.app.store.hosted_content(badge, Content::Text)?;
        let path = format!("{folder}/credential.{ending}");
        self.entry(&path, &format!("{title}: the credential, as it came"), text)?;
        if let Some(picture) = badge.picture {
            let ending = match picture.kind {
                Picture::Png => "png",
                Picture::Svg => "svg",
            };
            let bytes = self.app.store.hosted_content(badge, Content::Picture)?;
            let path = format!("{folder}/picture.{ending}");
            let about = format!("{title}: the picture that it came in");
            self.entry(&path, &about, bytes)?;
        }
        Ok(())
    }
}

//! The JSON interface under `/api/v1`: everything the service does, for programs.

mod account;
mod adoptions;
pub(super) mod audit;
mod authoring;
pub(super) mod awards;
pub(super) mod badges;
mod catalogue;
mod cohorts;
mod endorsements;
pub mod evidence;
mod invitations;
mod joining;
mod learning;
mod members;
mod micro_credentials;
mod organisations;
mod people;
mod portfolios;
pub(super) mod privacy;
pub(super) mod quality;
pub(super) mod reviews;
pub mod submissions;
mod transfers;
mod uploads;
mod verification;
mod webhooks;

use super::health;
use super::openapi::Chapter;
use super::route::Route;
use utoipa::OpenApi as _;

/// What is done by people and programs that say who they are.
pub fn with_token() -> Vec<Route> {
    [
        people::routes(),
        account::routes(),
        privacy::routes(),
        organisations::routes(),
        members::routes(),
        joining::routes(),
        invitations::routes(),
        audit::routes(),
        webhooks::routes(),
        micro_credentials::routes(),
        authoring::routes(),
        catalogue::routes(),
        adoptions::routes(),
        transfers::routes(),
        submissions::routes(),
        uploads::routes(),
        learning::routes(),
        portfolios::routes(),
        cohorts::routes(),
        reviews::routes(),
        quality::routes(),
        awards::routes(),
        badges::routes(),
        endorsements::routes(),
    ]
    .into_iter()
    .flatten()
    .map(|route| route.below(BASE))
    .collect()
}

/// What anybody may do, from any site.
pub fn for_everybody() -> Vec<Route> {
    let routes = [verification::routes(), health::routes()];
    let routes = routes.into_iter().flatten();
    routes.map(|route| route.below(BASE)).collect()
}

/// What the document of the interface says of each group of routes.
pub fn chapters() -> Vec<Chapter> {
    let chapter = |name, about, operations| Chapter {
        name,
        about,
        operations,
    };
    vec![
        chapter(
            "Health",
            "How the service fares.",
            health::Document::openapi(),
        ),
        chapter(
            "People",
            "Accounts, and tokens for programs.",
            people::Document::openapi(),
        ),
        chapter(
            "Account",
            "One's own account: details, addresses, and joining another account to it.",
            account::Document::openapi(),
        ),
        chapter(
            "Access",
            "Who gets into one's own account: browsers by sessions, programs by tokens.",
            account::access::Document::openapi(),
        ),
        chapter(
            "Identifier",
            "An identifier of one's own, which badges are issued to.",
            account::did::Document::openapi(),
        ),
        chapter(
            "Privacy",
            "Taking away everything that one has here, and being forgotten.",
            privacy::Document::openapi(),
        ),
        chapter(
            "Organisations",
            "Organisations, and what they say of themselves.",
            organisations::Document::openapi(),
        ),
        chapter(
            "Members",
            "Who is a member of an organisation, and what they may do there.",
            members::Document::openapi(),
        ),
        chapter(
            "Joining",
            "Codes to join an organisation with, and requests that wait for an answer.",
            joining::Document::openapi(),
        ),
        chapter(
            "Invitations",
            "People who were invited by mail, one by one or by a list.",
            invitations::Document::openapi(),
        ),
        chapter(
            "Audit trail",
            "Who did what in an organisation, and when.",
            audit::Document::openapi(),
        ),
        chapter(
            "Webhooks",
            "An organisation's own programs, told what was done.",
            webhooks::Document::openapi(),
        ),
        chapter(
            "Micro-credentials",
            "What can be earned.",
            micro_credentials::Document::openapi(),
        ),
        chapter(
            "Authoring",
            "What a new micro-credential may begin with, and what is still worth saying in one.",
            authoring::Document::openapi(),
        ),
        chapter(
            "Catalogue",
            "What is published, found by words and facets; topics, and pictures to give to drafts.",
            catalogue::Document::openapi(),
        ),
        chapter(
            "Adoptions",
            "Issuing what another organisation wrote.",
            adoptions::Document::openapi(),
        ),
        chapter(
            "Transfers",
            "Taking micro-credentials in, and handing them out.",
            transfers::Document::openapi(),
        ),
        chapter(
            "Submissions",
            "An earner's own work, from the first piece of evidence to the decision.",
            submissions::Document::openapi(),
        ),
        chapter(
            "Evidence",
            "The pieces of evidence of a submission of one's own.",
            submissions::pieces::Document::openapi(),
        ),
        chapter(
            "Transcripts and captions",
            "What is said in a recording, written down. It is handed in and frozen with the recording.",
            submissions::spoken::Document::openapi(),
        ),
        chapter(
            "Covered pictures",
            "What is covered on a picture, and the picture as others see it.",
            submissions::redactions::Document::openapi(),
        ),
        chapter(
            "Words and work of students",
            "Which pieces have them, and the consent to show them.",
            submissions::students::Document::openapi(),
        ),
        chapter(
            "Uploads",
            "Large files, sent bit by bit (tus 1.0).",
            uploads::Document::openapi(),
        ),
        chapter(
            "Drafts",
            "What is being prepared: its checklist, its texts, and what is told beside the evidence.",
            submissions::drafts::Document::openapi(),
        ),
        chapter(
            "Colleagues",
            "Colleagues who look at a draft before it is handed in.",
            submissions::colleagues::Document::openapi(),
        ),
        chapter(
            "Learning log",
            "What one read, watched and visited. It counts for nothing.",
            learning::Document::openapi(),
        ),
        chapter(
            "Portfolios",
            "What people show of what they have earned and learned.",
            portfolios::Document::openapi(),
        ),
        chapter(
            "Cohorts",
            "People who go the same way: which cohorts there are, and joining one.",
            cohorts::Document::openapi(),
        ),
        chapter(
            "Cohort people",
            "Who is in a cohort, who facilitates it, and leaving it.",
            cohorts::people::Document::openapi(),
        ),
        chapter(
            "Posts",
            "What is said in a cohort, among those who are in it.",
            cohorts::posts::Document::openapi(),
        ),
        chapter(
            "Help",
            "Asking for help in a cohort, and answering.",
            cohorts::help::Document::openapi(),
        ),
        chapter(
            "Reviews",
            "Work held against its rubric, without its earner's name.",
            reviews::Document::openapi(),
        ),
        chapter(
            "Training",
            "Exemplars that reviewers are trained with, and what says that they have passed.",
            quality::training::Document::openapi(),
        ),
        chapter(
            "Tries",
            "Scoring exemplars blind, and seeing what they ought to have been given.",
            quality::trying::Document::openapi(),
        ),
        chapter(
            "Calibration",
            "Several reviewers score the same work, and compare.",
            quality::calibration::Document::openapi(),
        ),
        chapter(
            "Quality",
            "How far reviewers agree, and how that changes.",
            quality::dashboard::Document::openapi(),
        ),
        chapter(
            "Awards",
            "Micro-credentials that officers award by hand.",
            awards::Document::openapi(),
        ),
        chapter(
            "Award lists",
            "Many awards at once, sent in as a table and worked off in the background.",
            awards::lists::Document::openapi(),
        ),
        chapter("Badges", "What was earned.", badges::Document::openapi()),
        chapter(
            "After issuing",
            "Badges that are suspended, reinstated, corrected or renewed; the register of an organisation.",
            badges::officers::Document::openapi(),
        ),
        chapter(
            "Changing many badges",
            "The same for many badges at once, done in the background.",
            badges::bulks::Document::openapi(),
        ),
        chapter(
            "Endorsements",
            "What organisations say of others, signed: given, declined, withdrawn.",
            endorsements::Document::openapi(),
        ),
        chapter(
            "Received endorsements",
            "The same from the side of those whom it is about: asking, and saying where it is shown.",
            endorsements::received::Document::openapi(),
        ),
        chapter(
            "Verification",
            "Any Open Badge, ours or another's.",
            verification::Document::openapi(),
        ),
    ]
}

/// What all addresses of the interface begin with.
pub const BASE: &str = "/api/v1";

//! The rows of the list of attacks: each has its tests, and every form gives the same answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemas::timestamp::Timestamp;

use crate::forms::{Case, hold};
use crate::web::Web;

/// Every fixture, through every form: the verdict, its code and the whole report are the same.
#[tokio::test]
async fn every_form_gives_the_answer_that_the_folder_says() {
    hold("fixtures", &Case::fixtures(&[""])).await;
}

#[tokio::test]
async fn every_form_follows_the_choice_of_policy_web_and_time() {
    let case = |name: &str, told: &str| {
        let mut case = Case::fixtures(&[name]).remove(0);
        told.clone_into(&mut case.told);
        case
    };
    let silence = Arc::new(Web::serving(&BTreeMap::new()));
    let later = Timestamp::parse("2036-11-22T12:00:00Z").expect("a time");
    let bare = "refused/issuer.key_not_controlled/bare-did-key.json";
    let cases = [
        case(bare, "refused/issuer.key_not_controlled"),
        case(bare, "verified").leniently(),
        case("verified/did-web.json", "undetermined/fetch.unreachable").on(&silence),
        case("verified/valid-until-tomorrow.json", "refused/time.expired").at(later),
    ];
    hold("the choices", &cases).await;
}

//! Two organisations with the same things in each, and everybody who may try them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use issuer::badge::Visibility;
use issuer::badge::bulk::{self, Which};
use issuer::badge::changing::{Act, Decision};
use issuer::event::Actor;
use issuer::evidence::Arrived;
use issuer::hosted::{self, Examined, Outcome, Source};
use issuer::id::{
    BadgeId, HostedId, MicroCredentialId, OrganisationId, PersonId, SubmissionId, UploadId,
};
use issuer::issuance;
use issuer::micro_credential;
use issuer::organisation::{self, Role};
use issuer::person::{self, Person};
use issuer::portfolio;
use issuer::rights::Scope;
use issuer::submission;
use issuer::upload::{self, NewUpload};
use reqwest::{Method, Response};
use verifier::Policy;

use super::rows::Row;
use crate::app::TestApp;
use crate::catalogue::content;
use crate::chapters::organisations::district;
use crate::chapters::{awarding, calibration, cohorts, endorsing, training, webhooks};
use crate::served::{LIMITS, Served};
use crate::web::{self, Web};

/// In whose organisation a thing is: that of the members who try, or another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Own,
    Other,
}

/// Somebody who tries.
pub struct Stranger {
    pub name: String,
    person: Option<PersonId>,
    token: Option<String>,
    /// Their roles in the organisation of `Place::Own`, if they are a member.
    own: Option<BTreeSet<Role>>,
    /// The same for `Place::Other`.
    other: Option<BTreeSet<Role>>,
    is_owner: bool,
    /// Whether drafts are shown to them.
    is_colleague: bool,
    /// What they are in the cohorts of both organisations, as the table calls it.
    in_cohorts: Option<&'static str>,
    is_operator: bool,
}

pub struct World<'a> {
    served: &'a Served,
    strangers: Vec<Stranger>,
    values: BTreeMap<(Place, &'static str), String>,
    /// Nobody has more than a few dozen.
    tokens: RefCell<BTreeMap<(PersonId, BTreeSet<Scope>), String>>,
}

impl<'a> World<'a> {
    pub fn build(served: &'a Served) -> World<'a> {
        let mut world = World {
            served,
            strangers: Vec::new(),
            values: BTreeMap::new(),
            tokens: RefCell::default(),
        };
        let (own, other) = (slug("wayne-county"), slug("knox-county"));
        world.furnish(Place::Own, &own, "Wayne County");
        world.furnish(Place::Other, &other, "Knox County");
        let nobody = Stranger {
            name: "nobody".to_owned(),
            person: None,
            token: None,
            own: None,
            other: None,
            is_owner: false,
            is_colleague: false,
            in_cohorts: None,
            is_operator: false,
        };
        world.strangers.push(nobody);
        world.meet("somebody", None, None);
        world.meet("ada, who owns", None, None).is_owner = true;
        world
            .meet("kim, who is shown drafts", None, None)
            .is_colleague = true;
        world.meet("mia, who is in cohorts", None, None).in_cohorts = Some(COHORT_MEMBER);
        world.meet("fred, who facilitates", None, None).in_cohorts = Some(FACILITATOR);
        let roles = [
            Role::Author,
            Role::Reviewer,
            Role::Adjudicator,
            Role::IssuingOfficer,
            Role::Coordinator,
            Role::Advisor,
            Role::Administrator,
        ];
        for role in roles {
            world.meet(&format!("{role:?} there"), Some((&own, &[role])), None);
        }
        world.meet("member there", Some((&own, &[])), None);
        world.meet(
            "administrator elsewhere",
            None,
            Some((&other, &[Role::Administrator])),
        );
        let host = OrganisationId::host();
        let operator = served.test.person("operator", &[]);
        served.test.join(&operator, &host, &[Role::Administrator]);
        world.meet("operator", None, None).is_operator = true;
        world
    }

    pub fn everybody(&self) -> impl Iterator<Item = &Stranger> {
        self.strangers.iter()
    }

    /// The token of the one who runs the service.
    pub fn operator(&self) -> &str {
        let found = self.strangers.iter().find(|stranger| stranger.is_operator);
        found
            .and_then(|operator| operator.token.as_deref())
            .expect("a token")
    }

    /// A token of somebody for these scopes.
    pub fn token(&self, stranger: &Stranger, scopes: BTreeSet<Scope>) -> String {
        let person = stranger.person.expect("a person");
        let known = (person, scopes.clone());
        if let Some(token) = self.tokens.borrow().get(&known) {
            return token.clone();
        }
        let token = person::make_token(&self.served.test.app, person, scopes, self.served.test.now);
        let token = token.expect("a token").expose().to_owned();
        self.tokens.borrow_mut().insert(known, token.clone());
        token
    }

    /// An address of the route table with the values of a place in it.
    pub fn path(&self, template: &str, place: Place) -> String {
        let part = |part: &str| {
            let name = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'));
            match name {
                None => part.to_owned(),
                Some(name) => self.value(name, place).unwrap_or_else(|| {
                    panic!("this world has no {{{name}}} for {template}: give it one in `furnish`")
                }),
            }
        };
        template.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    fn value(&self, name: &str, place: Place) -> Option<String> {
        // Other paths' values, which do not decide where something is.
        let anything = match name {
            "session" | "code" | "token" | "passkey" | "mail" | "invitation" | "request"
            | "colleague" | "entry" | "appointment" => "1111111111111111",
            "requirement" => "reflection",
            "revision" | "version" => "1",
            "link" | "secret" => "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "adopter" => "knox-county",
            "email" => "somebody@example.org",
            "topic" | "identity" | "provider" => "questioning",
            _ => "",
        };
        let known = self
            .values
            .iter()
            .find(|((at, known), _)| *at == place && *known == name);
        let known = known.map(|(_, value)| value.clone());
        known.or((!anything.is_empty()).then(|| anything.to_owned()))
    }

    pub async fn call(&self, stranger: &Stranger, method: &Method, path: &str) -> Response {
        self.call_with(stranger.token.as_deref(), method, path)
            .await
    }

    /// A request that gets through the gate or not, and changes nothing.
    pub async fn call_with(&self, token: Option<&str>, method: &Method, path: &str) -> Response {
        let mut request = self.served.request(method.clone(), path);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request = match *method {
            Method::POST => request.header("idempotency-key", "not one key"),
            Method::PUT | Method::PATCH | Method::DELETE => request.header("if-match", "no tag"),
            _ => request,
        };
        request.send().await.expect("an answer")
    }

    /// Meets somebody who may be a member of either organisation.
    fn meet(
        &mut self,
        name: &str,
        own: Option<(&OrganisationId, &[Role])>,
        other: Option<(&OrganisationId, &[Role])>,
    ) -> &mut Stranger {
        let test = &self.served.test;
        let first = name
            .split([' ', ','])
            .next()
            .expect("a name")
            .to_lowercase();
        let first = if other.is_some() {
            format!("{first}-elsewhere")
        } else {
            first
        };
        let person = test.person(&first, &[]);
        for (organisation, roles) in own.iter().chain(&other) {
            test.join(&person, organisation, roles);
        }
        let set = |(_, roles): (&OrganisationId, &[Role])| roles.iter().copied().collect();
        let token = person::make_token(&test.app, person.id, Scope::all(), test.now);
        self.strangers.push(Stranger {
            name: name.to_owned(),
            person: Some(person.id),
            token: Some(token.expect("a token").expose().to_owned()),
            own: own.map(set),
            other: other.map(set),
            is_owner: false,
            is_colleague: false,
            in_cohorts: None,
            is_operator: false,
        });
        self.strangers.last_mut().expect("the one just met")
    }

    /// Gives an organisation one of everything that addresses name.
    fn furnish(&mut self, place: Place, id: &OrganisationId, name: &str) {
        let test = &self.served.test;
        organisation::found(&test.app, Actor::Service, district(id, name), test.now)
            .expect("an organisation");
        let author = test.person(&format!("author-of-{id}"), &[]);
        let reviewer = test.reviewer(&format!("reviewer-of-{id}"));
        test.join(&author, id, &[Role::Author]);
        test.join(&reviewer.person, id, &[Role::Reviewer]);
        let offered: [MicroCredentialId; 4] = ["earned", "waiting", "draft", "begun"]
            .map(|what| format!("{what}-{id}").parse().expect("a slug"));
        for one in &offered {
            micro_credential::write(&test.app, &author, id.clone(), one.clone(), content())
                .expect("a draft");
        }
        for one in [&offered[0], &offered[1], &offered[3]] {
            micro_credential::publish(&test.app, Actor::Service, one, test.now)
                .expect("its publication");
        }
        let ada = test.learner("ada");
        let earned = ada.prepares_for(&offered[0]).id;
        ada.hands_in(earned).expect("a complete submission");
        let award = reviewer.accepts(earned);
        let badge = issuance::issue(&test.app, award, test.now)
            .expect("a badge")
            .badge();
        let waiting = ada.prepares_for(&offered[1]).id;
        let reflection = "reflection".parse().expect("a name");
        let words = Some("I waited, and they spoke.".parse().expect("a text"));
        let (app, now) = (&test.app, test.now);
        submission::save_writing(app, &ada.person, waiting, &reflection, words, None, now)
            .expect("a text");
        ada.hands_in(waiting).expect("a complete submission");
        let prepared = ada.prepares_for(&offered[3]);
        let (draft, piece) = (prepared.id, prepared.evidence[0].id);
        let draft_link = shown(test, &ada.person, draft);
        let evidence = submission::of_earner(&test.app, &ada.person, waiting)
            .expect("hers")
            .evidence[0]
            .id;
        let upload = begun(test, &ada.person, draft);
        let (cohort, post, help, cohort_link) = cohorts::furnish(test, id, &author, &offered[3]);
        let (ada, author) = (&ada.person, &author);
        let training = training::furnish(test, id, &offered[1], author, ada);
        let another = test.person(&format!("another-of-{id}"), &[]);
        test.join(&another, id, &[Role::Reviewer]);
        let reviewers = [&reviewer.person, &another];
        let (session, sample) = calibration::furnish(test, id, author, (earned, "ada"), reviewers);
        let (award, award_list) = awarding::furnish(test, id, author.id, &offered[1]);
        let (webhook, delivery) = webhooks::furnish(test, id);
        let values = [
            ("award", award.to_string()),
            ("award_list", award_list.to_string()),
            (
                "endorsement",
                endorsing::furnish(test, id, author.id).to_string(),
            ),
            ("webhook", webhook.to_string()),
            ("delivery", delivery.to_string()),
            ("line", offered[1].to_string()),
            ("exemplar", training.to_string()),
            ("number", "1".to_owned()),
            ("calibration", session.to_string()),
            ("sample", sample.to_string()),
            ("organisation", id.to_string()),
            ("person", ada.id.to_string()),
            ("member", author.id.to_string()),
            ("requester", author.id.to_string()),
            ("micro_credential", offered[1].to_string()),
            ("name", offered[2].to_string()),
            ("submission", waiting.to_string()),
            ("evidence", evidence.to_string()),
            ("spoken", "captions".to_owned()),
            ("upload", upload.to_string()),
            ("badge", badge.to_string()),
            ("bulk", changed_many(test, id, reviewer.person.id, badge)),
            ("hosted", brought(test, ada).to_string()),
            ("portfolio", put_together(test, ada)),
            ("draft", draft.to_string()),
            ("piece", piece.to_string()),
            ("draft_link", draft_link),
            ("cohort", cohort.to_string()),
            ("participant", test.person("mia", &[]).id.to_string()),
            ("post", post.to_string()),
            ("help", help.to_string()),
            ("cohort_link", cohort_link),
        ];
        let placed = values.map(|(name, value)| ((place, name), value));
        self.values.extend(placed);
    }
}

/// A portfolio that everybody may see.
fn put_together(test: &TestApp, owner: &Person) -> String {
    let title = "What I teach by".parse().expect("a title");
    let content = portfolio::Content {
        visibility: Visibility::Public,
        ..portfolio::Content::begun(title)
    };
    let begun = portfolio::begin(&test.app, owner, content);
    begun.expect("a portfolio").id.to_string()
}

/// A change of many badges that has begun.
fn changed_many(test: &TestApp, id: &OrganisationId, by: PersonId, badge: BadgeId) -> String {
    let which = Which::Listed(vec![badge.to_string()]);
    let decision = Decision {
        act: Act::Correct,
        by,
        reason: "The sign has changed.".parse().expect("a text"),
        bulk: None,
    };
    let begun = bulk::begin(&test.app, id, which, decision, test.now);
    begun.expect("a change").id.to_string()
}

/// Shows Kim a draft, and makes a link to it that nobody has opened.
fn shown(test: &TestApp, earner: &Person, draft: SubmissionId) -> String {
    let invite = |name: &str| {
        let name = name.parse().expect("a name");
        submission::invite_colleague(&test.app, earner, draft, name, None, test.now)
            .expect("an invitation")
            .1
    };
    let kim = test.person("kim", &[]);
    submission::accept_invitation(&test.app, &kim, &invite("Kim")).expect("a draft to see");
    invite("Lee").expose().to_owned()
}

impl Stranger {
    /// What the published table makes of them: 401, 403, 404, or 200 for whatever comes then.
    pub fn expected(&self, row: &Row, template: &str, place: Place) -> u16 {
        if row.lets("anybody") {
            return 200;
        }
        if self.person.is_none() {
            return 401;
        }
        let named = |names: &[&str]| {
            names
                .iter()
                .any(|name| template.contains(&format!("{{{name}}}")))
        };
        let is_colleague = self.is_colleague && named(&["draft"]);
        let is_owner = self.is_owner
            && named(&[
                "person",
                "submission",
                "badge",
                "upload",
                "hosted",
                "portfolio",
            ]);
        let in_organisation = named(&[
            "organisation",
            "micro_credential",
            "submission",
            "badge",
            "cohort",
        ]);
        let part = self.in_cohorts.filter(|_| named(&["cohort"]));
        let roles = match place {
            Place::Own => &self.own,
            Place::Other => &self.other,
        };
        let roles = roles.as_ref().filter(|_| in_organisation);
        let has = |role: &Role| row.lets(in_words(*role));
        let may = row.lets("whoever has signed in")
            || (row.lets("the person whose it is") && is_owner)
            || (row.lets("a colleague to whom the draft is shown") && is_colleague)
            || part.is_some_and(|part| row.lets(part))
            || (row.lets("a member of the organisation") && roles.is_some())
            || roles.is_some_and(|roles| roles.iter().any(has))
            || (row.lets(OPERATOR) && self.is_operator);
        if may {
            return 200;
        }
        let for_members = row.who.split(" or ").any(|who| {
            who == "a member of the organisation" || ROLES.iter().any(|(_, words)| *words == who)
        });
        let for_the_site = row
            .who
            .split(" or ")
            .all(|who| [OPERATOR, "whoever has signed in"].contains(&who));
        let for_cohorts = row.lets(COHORT_MEMBER) || row.lets(FACILITATOR);
        let knows_of_it = is_owner || (part.is_some() && for_cohorts);
        match knows_of_it || (roles.is_some() && for_members) || for_the_site {
            true => 403,
            false => 404,
        }
    }
}

fn in_words(role: Role) -> &'static str {
    let found = ROLES.iter().find(|(known, _)| *known == role);
    found.expect("every role has its words").1
}

/// A file that somebody has begun to send for a submission of theirs.
fn begun(test: &TestApp, owner: &Person, submission: SubmissionId) -> UploadId {
    let new = NewUpload {
        submission,
        requirement: "lesson".parse().expect("a slug"),
        name: "lesson.mp4".parse().expect("a line"),
        length: 1_000,
    };
    let arrived = Arrived::begun(owner.id, &test.app.random);
    let begun = upload::begin(&test.app, &LIMITS.uploads, owner, new, arrived, test.now);
    begun.expect("an upload").id
}

/// A badge that somebody brought from elsewhere.
fn brought(test: &TestApp, owner: &Person) -> HostedId {
    let presented = web::presented("verified/baked-json.png");
    let (report, _) = Web::read().verify_at(&presented, &Policy::default(), web::now());
    let examined = Examined::new(&presented, &report).expect("a good badge");
    let kept = hosted::keep(&test.app, owner, &examined, &Source::Person, test.now);
    match kept.expect("room for it") {
        Outcome::Added(id) | Outcome::Replaced(id) => id,
        other => panic!("{other:?}"),
    }
}

fn slug(text: &str) -> OrganisationId {
    text.parse().expect("a slug")
}

const COHORT_MEMBER: &str = "a member of the cohort";
const FACILITATOR: &str = "a facilitator of the cohort";
const OPERATOR: &str = "an administrator of the organisation that runs this service";

const ROLES: [(Role, &str); 7] = [
    (Role::Author, "an author"),
    (Role::Reviewer, "a reviewer"),
    (Role::Adjudicator, "an adjudicator"),
    (Role::IssuingOfficer, "an issuing officer"),
    (Role::Coordinator, "a coordinator"),
    (Role::Advisor, "an advisor"),
    (Role::Administrator, "an administrator"),
];

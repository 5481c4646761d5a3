//! The story of issuing: from an award to a published credential, and to every further edition of it.

mod again;

use crate::again::retried;
use crate::allocation::{Allocation, SignError};
use crate::app::{App, Step};
use crate::award::Award;
use crate::awarding::ready;
use crate::badge::{Badge, Edition, Order, Origin, Visibility, expiry};
use crate::draft::{self, Draft, Grounds, Linted, Naming, Term};
use crate::drawn::Drawn;
use crate::endorsement::carried::{self, Carried, Quoted};
use crate::error::Error;
use crate::event::{self, About, Actor, Event, EventKind};
use crate::id::{AwardId, BadgeId, SubmissionId};
use crate::issued::Issued;
use crate::issuers::Issuer;
use crate::log::{Entry, Kind};
use crate::micro_credential::{EvidenceRequirement, MicroCredential};
use crate::person::Person;
use crate::self_check::SelfCheck;
use crate::stack;
use crate::status;
use crate::submission::{Evidence, Sharing};
use schemas::timestamp::Timestamp;
use tracing::warn;

/// Turns an award into a published credential.
///
/// May be called again for the same award, and by several at once: the allocation holds the
/// unsigned bytes and the keys' names, and signing is deterministic, so the same badge comes out.
pub fn issue(app: &App, award: AwardId, now: Timestamp) -> Result<Issued, Error> {
    until_done(app, &Wanted::Award(award), now)
}

/// Issues a badge again, in the place of the edition that the order is about, which ends with it.
///
/// May be called again with the same order. Of two orders about one edition the first one counts.
pub fn reissue(app: &App, badge: BadgeId, order: &Order, now: Timestamp) -> Result<Issued, Error> {
    until_done(app, &Wanted::Edition(badge, order), now)
}

/// What is to be issued.
enum Wanted<'a> {
    /// The first edition of the badge of an award.
    Award(AwardId),
    /// A further edition of a badge.
    Edition(BadgeId, &'a Order),
}

fn until_done(app: &App, wanted: &Wanted<'_>, now: Timestamp) -> Result<Issued, Error> {
    // Somebody else may be quicker with the award, the index or the log.
    let issued = retried(ATTEMPTS, || attempt(app, wanted, now))?;
    let award = issued.award();
    // What it completes is awarded too. The badge itself stands whatever comes of that, and what fails here is taken up
    // by upkeep.
    if let Err(error) = stack::settle(app, award, now) {
        warn!(award.id = %award, "Stacks with award {award} stay open: {error}");
    }
    Ok(issued)
}

fn attempt(app: &App, wanted: &Wanted<'_>, now: Timestamp) -> Result<Issued, Error> {
    if let Some(issued) = recorded(app, wanted)? {
        return Ok(issued);
    }

    // 1. Draw, build and lint, unless that is done. Nothing was signed or stored when this fails,
    //    and a crash after it leaves nothing behind.
    let allocation = match allocated(app, wanted, now)? {
        Some(open) => open,
        None => {
            let grounds = grounds(app, wanted)?;
            let organisation = grounds.award.organisation.clone();
            let issuer = app.issuer(&organisation)?;
            let place = status::draw(app, &organisation, now)?;
            let drawn = match wanted {
                Wanted::Award(_) => Drawn::new(&app.random, place, &issuer.keyring, now),
                Wanted::Edition(badge, _) => again::drawn(app, *badge, place, &issuer, now)?,
            };
            let linted = linted(app, grounds, &issuer, drawn)?;
            app.observe(Step::Linted);

            // 2. Allocate: once per award and edition, the unsigned bytes and all that was drawn, in
            //    one durable commit. A crash after this is taken up by the next call.
            let allocation = app.store.allocate(&linted)?;
            app.fill.count(place);
            allocation
        }
    };
    app.observe(Step::Allocated);

    // What others say of it may have been withdrawn since: then it is drawn anew without.
    let carried = allocation.carried().to_vec();
    if !carried::all_hold(app, &carried)? {
        app.store
            .void_allocation(allocation.award(), allocation.edition())?;
        return attempt(app, wanted, now);
    }

    // 3. Sign exactly those bytes. A crash after this loses signatures that nobody has seen and
    //    that come out again.
    let keyring = app.issuers.keyring(allocation.organisation())?;
    let (award, edition) = (allocation.award(), allocation.edition());
    let issued = match allocation.sign(&keyring) {
        // What a stolen key could have signed must never come from us: the allocation is voided,
        // its index stays burnt, and everything is drawn anew for the keys of today.
        Err(SignError::KeyCompromised { .. }) => {
            app.store.void_allocation(award, edition)?;
            return attempt(app, wanted, now);
        }
        signed => signed?,
    };
    app.observe(Step::Signed);

    // 4. Check what was signed as a stranger would, without asking the network. Nothing is
    //    written: a crash after this is one after step 3.
    check(app, &issued, &carried, now)?;
    app.observe(Step::Checked);

    // 5. Record credential, log leaf and badge in one durable commit, and with a further edition the
    //    end of the one before: there is no moment at which both count. A crash after this loses the
    //    answer alone: the next call finds the badge.
    match wanted {
        Wanted::Award(_) => record(app, &issued, &carried, now)?,
        Wanted::Edition(badge, order) => {
            again::record(app, (*badge, order), &issued, &carried, now)?;
        }
    }
    app.observe(Step::Recorded);
    Ok(issued)
}

/// Builds the document, and holds it against all rules. What its earner shares has its bound, and what is
/// published leaves room for that; should it be too large all the same, because the issuer says more of itself
/// by now, it says less of what others say, and names fewer pieces, rather than staying open.
fn linted(app: &App, mut grounds: Grounds, issuer: &Issuer, drawn: Drawn) -> Result<Linted, Error> {
    loop {
        let draft = Draft::new(grounds.clone(), issuer, &app.site, drawn.clone());
        match draft.lint() {
            Ok(linted) => return Ok(linted),
            Err(findings) => {
                let is_large = findings
                    .iter()
                    .all(|finding| finding.code == draft::TOO_LARGE);
                let has_less = grounds.quoted.drop_one() || grounds.shared.pop().is_some();
                if !is_large || !has_less {
                    return Err(Error::Lint { findings });
                }
            }
        }
    }
}

/// What was taken up, and what could not be.
#[derive(Debug, Default)]
pub struct Resumed {
    /// How many badges were issued.
    pub issued: usize,
    /// How many further editions of badges were.
    pub reissued: usize,
    /// The awards that are still open, and why.
    pub failed: Vec<(AwardId, Error)>,
    /// The badges of which a further edition is still open, and why.
    pub failed_editions: Vec<(BadgeId, Error)>,
}

/// Takes up every award whose badge is not recorded, and every further edition that is not. To be called at
/// start, and from time to time afterwards; one that cannot be issued does not keep the others from it.
pub fn resume(app: &App, now: Timestamp) -> Result<Resumed, Error> {
    let mut resumed = Resumed::default();
    for award in app.store.open_awards(RESUMED)? {
        match issue(app, award, now) {
            Ok(_) => resumed.issued += 1,
            Err(error) => resumed.failed.push((award, error)),
        }
    }
    for open in app.store.open_editions(RESUMED)? {
        match reissue(app, open.badge, &open.order, now) {
            Ok(_) => resumed.reissued += 1,
            // The badge is gone, and with it what was wanted of it.
            Err(Error::NotFound) => app.store.give_up_edition(open.badge, &open.order)?,
            // It was overtaken by another change of the badge, and given up.
            Err(Error::Edition(_) | Error::AlreadyRevoked { .. }) => {}
            Err(error) => resumed.failed_editions.push((open.badge, error)),
        }
    }
    stack::settle_all(app, now)?;
    Ok(resumed)
}

/// The credential that was issued before.
fn recorded(app: &App, wanted: &Wanted<'_>) -> Result<Option<Issued>, Error> {
    let badge = match wanted {
        Wanted::Award(award) => app.store.badge_of_award(*award)?,
        Wanted::Edition(badge, order) => again::done(app, *badge, order)?,
    };
    let Some(badge) = badge else {
        return Ok(None);
    };
    // Whoever recorded it may have crashed before the log's mark was raised.
    app.log.settle()?;
    let edition = match wanted {
        Wanted::Award(_) => FIRST_EDITION,
        Wanted::Edition(_, order) => order.edition + 1,
    };
    Ok(app.store.issued(badge.id, edition)?)
}

/// Draws, builds and lints what an award that is not stored yet would be issued as. Nothing is stored.
pub(crate) fn prepare(
    app: &App,
    award: Award,
    earner: Person,
    now: Timestamp,
) -> Result<Linted, Error> {
    let issuer = app.issuer(&award.organisation)?;
    let place = status::draw(app, &award.organisation, now)?;
    let drawn = Drawn::new(&app.random, place, &issuer.keyring, now);
    linted(app, grounds_of(app, award, earner)?, &issuer, drawn)
}

/// What is about to be signed, if that is written down already.
fn allocated(app: &App, wanted: &Wanted<'_>, now: Timestamp) -> Result<Option<Allocation>, Error> {
    match wanted {
        Wanted::Award(award) => Ok(app.store.allocation(*award, FIRST_EDITION)?),
        Wanted::Edition(badge, order) => again::allocated(app, *badge, order, now),
    }
}

fn grounds(app: &App, wanted: &Wanted<'_>) -> Result<Grounds, Error> {
    match wanted {
        Wanted::Award(award) => grounds_of_award(app, *award),
        Wanted::Edition(badge, order) => again::grounds(app, *badge, order),
    }
}

fn grounds_of_award(app: &App, id: AwardId) -> Result<Grounds, Error> {
    let award: Award = app.store.award(id)?.ok_or(Error::NotFound)?;
    let earner = app.store.person(award.earner)?;
    grounds_of(app, award, earner.ok_or(Error::Missing("an earner"))?)
}

fn grounds_of(app: &App, award: Award, earner: Person) -> Result<Grounds, Error> {
    let micro_credential = app.store.micro_credential(&award.micro_credential)?;
    let micro_credential = micro_credential.ok_or(Error::Missing("a micro-credential"))?;
    let creator = app.issuer(&micro_credential.organisation)?.profile;
    let quoted = Quoted::of(app, &award.micro_credential, &award.organisation)?;
    let shared = match award.submission {
        Some(submission) => shared(app, submission, award.version, &micro_credential)?,
        None => Vec::new(),
    };
    Ok(Grounds {
        award,
        micro_credential,
        creator,
        earner,
        shared,
        edition: FIRST_EDITION,
        origin: Origin::Award,
        term: Term::Counted,
        quoted,
    })
}

/// The evidence that the earner shares, each piece with what it answers to.
fn shared(
    app: &App,
    submission: SubmissionId,
    version: u32,
    micro_credential: &MicroCredential,
) -> Result<Vec<(EvidenceRequirement, Evidence, Naming)>, Error> {
    let submission = app.store.submission_held(submission)?;
    let submission = submission.ok_or(Error::Missing("a submission"))?.value;
    let mut shared = Vec::new();
    for entry in &submission.evidence {
        if entry.sharing == Sharing::Private {
            continue;
        }
        // What was only collected was not assessed.
        let Some(requirement) = &entry.requirement else {
            continue;
        };
        let asked = micro_credential.content.requirement(requirement);
        let asked = asked.ok_or(Error::Missing("an evidence requirement"))?;
        let evidence = app.store.evidence(submission.id, entry.id)?;
        let evidence = evidence.ok_or(Error::Missing("a piece of evidence"))?;
        let evidence = evidence.into_what_others_see(version);
        shared.push((asked.clone(), evidence, Naming::of(entry)));
    }
    Ok(shared)
}

/// Verifies both forms with the issuer's own documents, and those of whoever is quoted in them.
fn check(app: &App, issued: &Issued, carried: &[Carried], now: Timestamp) -> Result<(), Error> {
    let facts = issued.record();
    // Whoever asks for the current edition will be given this one.
    let refresh = app.site.refresh(facts.refresh);
    let mut check = SelfCheck::new(app, now)
        .with_signer(&facts.organisation, facts.status.list)?
        .with_document(&refresh, issued.json().as_bytes())?;
    for carried in carried {
        check = check.with_signer(&carried.endorser, carried.list)?;
    }
    check.verify([issued.json(), issued.jwt()], issued.issued())
}

fn record(app: &App, issued: &Issued, carried: &[Carried], now: Timestamp) -> Result<(), Error> {
    let facts = issued.record();
    let subject = issued.log_subject();
    let mut batch = app.store.recording(issued)?;
    carried::require_unchanged(app, &mut batch, carried)?;
    let done = Event {
        organisation: facts.organisation.clone(),
        kind: EventKind::BadgeIssued,
        actor: Actor::Service,
        about: About::Badge(facts.badge),
        reason: None,
        at: now,
    };
    event::record(app, &mut batch, done)?;
    ready::tell(app, &mut batch, issued, now)?;
    let mut turn = app.log.turn(batch)?;
    let log = turn.append(&Entry {
        kind: Kind::Issue,
        subject,
        time: now,
    });
    let edition = Edition {
        number: facts.edition,
        origin: Origin::Award,
        issued: facts.issued,
        valid_until: issued.valid_until(),
        status: facts.status,
        log,
        revoked: None,
    };
    expiry::plan(app, turn.batch(), facts.badge, &edition, now)?;
    let badge = Badge {
        id: facts.badge,
        award: facts.award,
        organisation: facts.organisation.clone(),
        earner: facts.earner,
        micro_credential: facts.micro_credential.clone(),
        visibility: Visibility::Private,
        refresh: facts.refresh,
        editions: vec![edition],
    };
    app.store.put_badge(turn.batch(), &badge)?;
    Ok(turn.commit()?)
}

const FIRST_EDITION: u32 = 1;
/// One lost race over an award makes everybody behind it in the log look again.
const ATTEMPTS: usize = 256;
/// How many open awards are taken up in one go; the next go takes the next ones.
const RESUMED: usize = 10_000;

//! Who may do what: one table, which every request goes through.
//!
//! An [`Action`] is one thing that can be done. Its [`Rule`] says who may do it and which scope a
//! bearer token needs for it. Where it is done is a [`Place`]: the organisation a thing belongs to
//! and the person whose it is. What somebody is there is their [`Standing`].
//!
//! Whoever is neither a member of the organisation nor the owner of the thing is told that there is
//! nothing; a member who lacks the role is told which role it takes.

mod place;
mod scope;
mod standing;

use crate::app::App;
use crate::error::Error;
use crate::id::{OrganisationId, PersonId};
use crate::organisation::Role;
use std::fmt;

pub use place::Place;
pub use scope::{Access, Area, Scope, ScopeError};
pub use standing::Standing;

/// Names the actions once: the enum, its list, and each one's rule.
macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $action:ident: $who:expr, $area:ident $access:ident;)+) => {
        /// One thing that can be done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {$($(#[doc = $doc])+ $action,)+}

        impl Action {
            /// Every action there is.
            pub const ALL: &[Action] = &[$(Action::$action,)+];

            /// Who may do it, and which scope it takes.
            pub const fn rule(self) -> Rule {
                match self {
                    $(Action::$action => Rule {
                        who: $who,
                        scope: Scope { area: Area::$area, access: Access::$access },
                    },)+
                }
            }
        }
    };
}

// The table of rights.
actions! {
    /// Read what is published: catalogue, badges shown, issuers, the log.
    ReadPublished: &[Who::Anybody], Catalogue Read;
    /// See whether the service can do what it is there for.
    ReadHealth: &[Who::Anybody], Catalogue Read;
    /// Verify a badge.
    Verify: &[Who::Anybody], Badges Read;
    /// Sign in, or register.
    SignIn: &[Who::Anybody], Account Write;
    /// See one's own account.
    ReadOwnAccount: &[Who::SignedIn], Account Read;
    /// Change one's own account.
    ChangeOwnAccount: &[Who::SignedIn], Account Write;
    /// Have one's own account erased, with everything in it.
    EraseOwnAccount: &[Who::SignedIn], Account Write;
    /// Erase somebody who has asked for it elsewhere.
    ErasePeople: &[Who::Operator], Organisations Write;
    /// Register other people and make bearer tokens for them.
    RegisterPeople: &[Who::Operator], Organisations Write;
    /// See which messages wait to be sent, and which were given up.
    ReadOutbox: &[Who::Operator], Organisations Read;

    /// Take organisations in.
    FoundOrganisation: &[Who::Operator], Organisations Write;
    /// See who is a member of the organisation.
    ReadMembers: &[Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Organisations Read;
    /// Give roles to members, and take them.
    ChangeMembers: &[Who::Role(Role::Administrator)], Organisations Write;
    /// Say what an organisation is, to which other it belongs, and who looks after it.
    PlaceOrganisation: &[Who::Operator], Organisations Write;
    /// See codes, requests to join, and invitations that nobody has accepted yet.
    ReadJoining: &[Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Organisations Read;
    /// Invite people, hand out codes, and answer those who ask to join.
    InvitePeople: &[Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Organisations Write;
    /// Join an organisation by a code or an invitation, or ask to.
    JoinOrganisation: &[Who::SignedIn], Account Write;
    /// Leave an organisation.
    LeaveOrganisation: &[Who::Member], Account Write;
    /// Change what the organisation says of itself.
    ChangeOrganisation: &[Who::Role(Role::Administrator)], Organisations Write;

    /// See who did what in the organisation, and when.
    ReadAudit: &[Who::Role(Role::Administrator)], Organisations Read;

    /// See where the organisation's own programs are told what was done, and what they were told.
    ReadWebhooks: &[Who::Role(Role::Administrator)], Organisations Read;
    /// Have the organisation's own programs told what was done.
    ChangeWebhooks: &[Who::Role(Role::Administrator)], Organisations Write;

    /// Read the organisation's drafts.
    ReadDrafts: &[Who::Role(Role::Author)], Catalogue Read;
    /// Write and publish micro-credentials.
    WriteMicroCredentials: &[Who::Role(Role::Author)], Catalogue Write;
    /// See what the organisation has adopted, and who has adopted what is its own.
    ReadAdoptions: &[Who::Role(Role::Author), Who::Role(Role::Administrator)], Catalogue Read;
    /// Issue what another organisation wrote.
    Adopt: &[Who::Role(Role::Author), Who::Role(Role::Administrator)], Catalogue Write;
    /// Let another organisation issue what this one wrote.
    AnswerAdoptions: &[Who::Role(Role::Author), Who::Role(Role::Administrator)], Catalogue Write;
    /// Change the list of topics.
    ChangeTopics: &[Who::Operator], Catalogue Write;

    /// See one's own submissions.
    ReadOwnSubmissions: &[Who::SignedIn], Submissions Read;
    /// Begin a submission.
    StartSubmission: &[Who::SignedIn], Submissions Write;
    /// See a submission of one's own.
    ReadSubmission: &[Who::Owner], Submissions Read;
    /// Add evidence to a submission of one's own, hand it in, take it back.
    ChangeSubmission: &[Who::Owner], Submissions Write;
    /// Open the link to a draft that somebody wants to show, and see which drafts one is shown.
    OpenDraftInvitation: &[Who::SignedIn], Submissions Write;
    /// See a draft that its earner shows to colleagues.
    ReadSharedDraft: &[Who::Colleague], Submissions Read;
    /// Say something about such a draft.
    CommentOnDraft: &[Who::Colleague], Submissions Write;
    /// See one's own learning log.
    ReadLearningLog: &[Who::SignedIn], Submissions Read;
    /// Write one's own learning log.
    WriteLearningLog: &[Who::SignedIn], Submissions Write;
    /// See which portfolios one has.
    ReadPortfolios: &[Who::SignedIn], Badges Read;
    /// Begin a portfolio.
    BeginPortfolio: &[Who::SignedIn], Badges Write;
    /// See a portfolio of one's own as it was put together.
    ReadPortfolio: &[Who::Owner], Badges Read;
    /// Change a portfolio of one's own, say who may see it, and take it out.
    ChangePortfolio: &[Who::Owner], Badges Write;

    /// See which cohorts one is in, or is invited to.
    ReadOwnCohorts: &[Who::SignedIn], Submissions Read;
    /// Join a cohort by its code or by an invitation, or say no to one.
    JoinCohort: &[Who::SignedIn], Submissions Write;
    /// See the cohorts of the organisation.
    ReadCohorts: &[Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Organisations Read;
    /// Make cohorts, ask people to facilitate them, invite members of the organisation, and end cohorts.
    LeadCohorts: &[Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Organisations Write;
    /// See what a cohort is for, and who is in it.
    ReadCohort: &[Who::CohortMember, Who::Facilitator, Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Submissions Read;
    /// Leave a cohort, and say what one wants in it.
    LeaveCohort: &[Who::CohortMember, Who::Facilitator], Submissions Write;
    /// Read what is said in a cohort.
    ReadPosts: &[Who::CohortMember, Who::Facilitator], Submissions Read;
    /// Say something in a cohort, reply, and take back what one said.
    WritePosts: &[Who::CohortMember, Who::Facilitator], Submissions Write;
    /// Hide what somebody said in a cohort, and show it again.
    HidePosts: &[Who::Facilitator], Submissions Write;
    /// See one's own requests for help.
    ReadOwnHelp: &[Who::CohortMember], Submissions Read;
    /// Ask a cohort's facilitators for help, show one of them the draft, and close the request.
    AskForHelp: &[Who::CohortMember], Submissions Write;
    /// See who asks for help, and what is missing; and how far members have come who want it seen.
    ReadHelp: &[Who::Facilitator], Submissions Read;
    /// Answer a request for help, and look at a draft that is shown with it.
    GiveHelp: &[Who::Facilitator], Submissions Write;

    /// Send a file for a submission of one's own, bit by bit.
    BeginUpload: &[Who::SignedIn], Submissions Write;
    /// See how far an upload of one's own has come.
    ReadUpload: &[Who::Owner], Submissions Read;
    /// Go on with an upload of one's own, or give it up.
    ChangeUpload: &[Who::Owner], Submissions Write;

    /// See for which organisations one reviews.
    ReadOwnReviewing: &[Who::SignedIn], Reviews Read;
    /// See what waits for a review.
    ReadReviewQueue: &[Who::Role(Role::Reviewer), Who::Role(Role::Adjudicator)], Reviews Read;
    /// Claim a submission, review it, or decide where reviewers do not agree.
    Review: &[Who::Role(Role::Reviewer), Who::Role(Role::Adjudicator)], Reviews Write;

    /// See training sets, and where one stands with them.
    ReadTraining: &[Who::Role(Role::Reviewer), Who::Role(Role::Adjudicator), Who::Role(Role::Author), Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Reviews Read;
    /// Begin to train for a certification.
    Train: &[Who::Role(Role::Reviewer), Who::Role(Role::Adjudicator)], Reviews Write;
    /// See a try of one's own.
    ReadTry: &[Who::Owner], Reviews Read;
    /// Score an exemplar in a try of one's own.
    ScoreExemplar: &[Who::Owner], Reviews Write;
    /// See exemplars with the levels they ought to be given.
    ReadExemplars: &[Who::Role(Role::Author), Who::Role(Role::Administrator)], Reviews Read;
    /// Make training sets and exemplars.
    WriteTraining: &[Who::Role(Role::Author), Who::Role(Role::Administrator)], Reviews Write;
    /// See who is certified.
    ReadCertifications: &[Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Reviews Read;
    /// See calibration sessions, and what came of them.
    ReadCalibrations: &[Who::Role(Role::Reviewer), Who::Role(Role::Adjudicator), Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Reviews Read;
    /// Score in a calibration session.
    Calibrate: &[Who::Role(Role::Reviewer), Who::Role(Role::Adjudicator)], Reviews Write;
    /// Open calibration sessions, close them, and write down what they make clear.
    LeadCalibration: &[Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Reviews Write;
    /// See how far reviewers agree: oneself, or all of them.
    ReadQuality: &[Who::Role(Role::Reviewer), Who::Role(Role::Adjudicator), Who::Role(Role::Coordinator), Who::Role(Role::Administrator)], Reviews Read;

    /// See one's own badges.
    ReadOwnBadges: &[Who::SignedIn], Badges Read;
    /// See a badge of one's own that is not shown to others.
    ReadBadge: &[Who::Owner], Badges Read;
    /// Say who may see a badge of one's own.
    ShareBadge: &[Who::Owner], Badges Write;
    /// See what the organisation awarded by hand, and how far lists of awards have come.
    ReadAwards: &[Who::Role(Role::IssuingOfficer)], Badges Read;
    /// Award micro-credentials by hand, one by one or by a list.
    AwardByHand: &[Who::Role(Role::IssuingOfficer)], Badges Write;
    /// Issue a badge of one's own again, as one's account has it now.
    UpdateBadge: &[Who::Owner], Badges Write;
    /// Revoke a badge, suspend it, or reinstate it.
    RevokeBadge: &[Who::Role(Role::IssuingOfficer)], Badges Write;
    /// Correct or renew a badge.
    ReissueBadge: &[Who::Role(Role::IssuingOfficer)], Badges Write;
    /// Change many badges of the organisation at once.
    ChangeManyBadges: &[Who::Role(Role::IssuingOfficer)], Badges Write;
    /// See every badge that the organisation issued, and whose it is.
    ReadRegister: &[Who::Role(Role::IssuingOfficer), Who::Role(Role::Administrator)], Badges Read;
    /// See everything that happened to a badge, and why.
    ReadBadgeHistory: &[Who::Owner, Who::Role(Role::IssuingOfficer), Who::Role(Role::Administrator)], Badges Read;

    /// See what the organisation is asked to endorse, and what it has endorsed.
    ReadEndorsing: &[Who::Role(Role::Advisor), Who::Role(Role::IssuingOfficer), Who::Role(Role::Administrator)], Badges Read;
    /// Endorse something in the organisation's name, decline to, or withdraw an endorsement.
    Endorse: &[Who::Role(Role::Advisor), Who::Role(Role::IssuingOfficer), Who::Role(Role::Administrator)], Badges Write;
    /// See what others say of the organisation and of what is its own, and whom it has asked.
    ReadReceivedEndorsements: &[Who::Role(Role::Author), Who::Role(Role::IssuingOfficer), Who::Role(Role::Administrator)], Badges Read;
    /// Ask others to endorse the organisation or what is its own.
    AskForEndorsements: &[Who::Role(Role::Author), Who::Role(Role::IssuingOfficer), Who::Role(Role::Administrator)], Badges Write;
    /// Say where endorsements of the organisation and of what is its own are shown.
    AnswerEndorsements: &[Who::Role(Role::Author), Who::Role(Role::IssuingOfficer), Who::Role(Role::Administrator)], Badges Write;
    /// See what others say of a badge of one's own, and whom one has asked.
    ReadBadgeEndorsements: &[Who::Owner], Badges Read;
    /// Ask an organisation to endorse a badge of one's own, and say which endorsements of it are shown.
    ChangeBadgeEndorsements: &[Who::Owner], Badges Write;

    /// See the badges that one brought here from elsewhere.
    ReadCollection: &[Who::SignedIn], Badges Read;
    /// Bring badges here from elsewhere, and send badges there.
    ChangeCollection: &[Who::SignedIn], Badges Write;
    /// See a badge that one brought here.
    ReadHosted: &[Who::Owner], Badges Read;
    /// Take a badge away that one brought here.
    RemoveHosted: &[Who::Owner], Badges Write;

    /// Register an application that people may let act for them.
    RegisterApplication: &[Who::Anybody], Account Write;
    /// As an application, turn in codes and tokens for new ones, and give tokens back.
    ExchangeTokens: &[Who::Anybody], Account Write;
    /// Look at what an application asks for.
    ReadApplication: &[Who::SignedIn], Account Read;
    /// Say whether an application may act for oneself.
    AnswerApplication: &[Who::SignedIn], Account Write;
    /// As an application, read its person's badges.
    GetCredentials: &[Who::SignedIn], HostCredentials Read;
    /// As an application, bring a badge of its person.
    UpsertCredential: &[Who::SignedIn], HostCredentials Write;
    /// As an application, read its person's profile.
    GetProfile: &[Who::SignedIn], HostProfile Read;
    /// As an application, write its person's profile.
    PutProfile: &[Who::SignedIn], HostProfile Write;
}

/// Who may do something, and which scope a bearer token needs for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Any one of these may.
    pub who: &'static [Who],
    /// What a bearer token must be good for.
    pub scope: Scope,
}

/// Somebody, seen from the place where something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever asks.
    Anybody,
    /// Whoever has an account.
    SignedIn,
    /// The person whose it is.
    Owner,
    /// Somebody to whom the earner shows the draft, until it is handed in.
    Colleague,
    /// Somebody who has joined the cohort.
    CohortMember,
    /// Somebody who facilitates the cohort.
    Facilitator,
    /// A member of the organisation, whatever their roles.
    Member,
    /// A member of the organisation who has this role.
    Role(Role),
    /// An administrator of the organisation that runs this service.
    Operator,
}

impl Rule {
    /// Whether it takes no account.
    pub fn is_open(&self) -> bool {
        self.who.contains(&Who::Anybody)
    }

    /// Lets somebody of this standing pass, or says why not.
    pub fn judge(&self, standing: &Standing) -> Result<(), Error> {
        if self.who.iter().any(|who| standing.is(*who)) {
            return Ok(());
        }
        // What belongs to an organisation or a person does not exist for others: members know of what
        // members do, and owners of what is theirs.
        let members_do = |who: &Who| matches!(who, Who::Member | Who::Role(_));
        let cohorts_do = |who: &Who| matches!(who, Who::CohortMember | Who::Facilitator);
        let site_does = |who: &Who| matches!(who, Who::Operator | Who::SignedIn);
        let knows = standing.owner
            || (standing.part.is_some() && self.who.iter().any(cohorts_do))
            || (standing.roles.is_some() && self.who.iter().any(members_do))
            || self.who.iter().all(site_does);
        match knows {
            true => Err(Error::Forbidden { who: self.who }),
            false => Err(Error::NotFound),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Who::Anybody => "anybody",
            Who::SignedIn => "whoever has signed in",
            Who::Owner => "the person whose it is",
            Who::Colleague => "a colleague to whom the draft is shown",
            Who::CohortMember => "a member of the cohort",
            Who::Facilitator => "a facilitator of the cohort",
            Who::Member => "a member of the organisation",
            Who::Role(Role::Author) => "an author",
            Who::Role(Role::Reviewer) => "a reviewer",
            Who::Role(Role::Adjudicator) => "an adjudicator",
            Who::Role(Role::IssuingOfficer) => "an issuing officer",
            Who::Role(Role::Coordinator) => "a coordinator",
            Who::Role(Role::Advisor) => "an advisor",
            Who::Role(Role::Administrator) => "an administrator",
            Who::Operator => "an administrator of the organisation that runs this service",
        })
    }
}

/// Whether somebody may do something at an organisation, or anywhere.
pub fn may(
    app: &App,
    person: PersonId,
    action: Action,
    organisation: Option<&OrganisationId>,
) -> Result<bool, Error> {
    let place = Place {
        organisation: organisation.cloned(),
        ..Place::default()
    };
    let standing = Standing::of(app, person, &place)?;
    Ok(action.rule().judge(&standing).is_ok())
}

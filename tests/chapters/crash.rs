//! Crashes: `kill -9` after every numbered step of reviewing, issuing and revoking, and a restart with what
//! is left on the disk.
//!
//! The process that is killed is this test binary again, running the test [`child`] alone.

mod editions;
mod endorsements;

use crate::app::{TestApp, keyring};
use crate::catalogue::content;
use crate::people::given;
use issuer::app::{App, Step};
use issuer::badge::changing::Act;
use issuer::event::Actor;
use issuer::id::{AwardId, BadgeId, MicroCredentialId, OrganisationId, SubmissionId};
use issuer::issuance;
use issuer::log::Kind;
use issuer::micro_credential::{self, SecondReview};
use issuer::organisation::Role;
use issuer::random::Random;
use issuer::review::{Decision, Finished};
use issuer::{layout, status};
use schemas::json::{self, JsonLimits};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use tempfile::TempDir;
use verifier::Verdict;

const FOLDER: &str = "ASSAY_TEST_CRASH_FOLDER";
const DEED: &str = "ASSAY_TEST_CRASH_DEED";
const STEP: &str = "ASSAY_TEST_CRASH_STEP";
/// In place of a step: tell of all, and stand still after none.
const EVERY: &str = "every";
const REACHED: &str = "reached the step";

#[test]
fn killed_after_any_step_of_issuing_the_same_badge_comes_out_and_one_log_entry() {
    for step in [
        Step::Linted,
        Step::Allocated,
        Step::Signed,
        Step::Checked,
        Step::Recorded,
    ] {
        let folder = TempDir::new().expect("a folder");
        let award = start(folder.path(), Random::seeded([5; 32])).award();
        kill_after(folder.path(), &format!("issue {award}"), step);

        // Two services take it up from the same disk with other random values and at another
        // time: what was allocated comes out of both byte for byte.
        let copy = TempDir::new().expect("a folder");
        copy_folder(folder.path(), copy.path());
        let one = taken_up(folder.path(), award, step);
        let other = taken_up(copy.path(), award, step);
        match step {
            // Nothing was stored yet, and nobody has seen anything.
            Step::Linted => assert_ne!(one, other),
            _ => assert_eq!(one, other, "after {step:?}"),
        }
    }
}

/// Restarts the service, lets it take up what is open, and gives the badge in both forms.
fn taken_up(folder: &Path, award: AwardId, step: Step) -> (String, String) {
    let test = start(folder, Random::system().expect("random bytes"));
    let before = allocated(&test, award);
    assert_eq!(before.is_some(), step != Step::Linted, "after {step:?}");
    assert_eq!(
        test.log().len(),
        usize::from(step == Step::Recorded),
        "after {step:?}"
    );

    status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
    let resumed = issuance::resume(&test.app, test.now).expect("the store");
    assert_eq!(
        resumed.issued,
        usize::from(step != Step::Recorded),
        "after {step:?}"
    );
    assert!(resumed.failed.is_empty(), "{:?}", resumed.failed);

    let issued = issuance::issue(&test.app, award, test.now.plus_seconds(60)).expect("the badge");
    if let Some(before) = before {
        let mut signed: Value = serde_json::from_str(issued.json()).expect("JSON");
        signed
            .as_object_mut()
            .expect("an object")
            .shift_remove("proof");
        assert_eq!(
            signed.to_string(),
            before,
            "what was stored is what was signed"
        );
    }
    let kinds: Vec<Kind> = test.log().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Issue], "after {step:?}");
    test.app.log.check().expect("a sound log");
    test.check_badge(issued.badge());
    (issued.json().to_owned(), issued.jwt().to_owned())
}

/// The unsigned document of an allocation.
fn allocated(test: &TestApp, award: AwardId) -> Option<String> {
    let record = test
        .app
        .store
        .engine()
        .get(&layout::allocation(award))
        .expect("the store")?;
    let record = json::read(&record, &JsonLimits::default()).expect("a record");
    record["document"].as_str().map(str::to_owned)
}

#[test]
fn killed_after_any_step_of_revoking_the_badge_is_revoked_once_or_not_at_all() {
    for step in [
        Step::RevocationFound,
        Step::RevocationSigned,
        Step::RevocationRecorded,
    ] {
        let folder = TempDir::new().expect("a folder");
        let issued = {
            let test = start(folder.path(), Random::seeded([6; 32]));
            test.officer();
            test.issued()
        };
        kill_after(folder.path(), &format!("revoke {}", issued.badge()), step);

        let test = start(folder.path(), Random::system().expect("random bytes"));
        let done = step == Step::RevocationRecorded;
        let verdict = test.verify(issued.json().as_bytes()).verdict();
        assert_eq!(verdict == Verdict::Refused, done, "after {step:?}");
        assert_eq!(test.log().len(), 1 + usize::from(done), "after {step:?}");

        let again = revoke(&test, issued.badge());
        assert_eq!(
            again.err(),
            done.then_some("status.already_revoked"),
            "after {step:?}"
        );
        let kinds: Vec<Kind> = test.log().iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [Kind::Issue, Kind::Revoke], "after {step:?}");
        let report = test.verify(issued.jwt().as_bytes());
        assert_eq!(
            report.reason().map(|reason| reason.code()),
            Some("status.revoked")
        );
        test.app.log.check().expect("a sound log");
    }
}

fn revoke(test: &TestApp, badge: BadgeId) -> Result<(), &'static str> {
    test.revoke(badge).map(drop).map_err(|error| error.code())
}

#[test]
fn killed_while_it_works_no_award_is_lost_and_none_becomes_two_badges() {
    const NAMES: [&str; 12] = [
        "ada", "mary", "emmy", "sofja", "hedy", "lise", "rosa", "chien", "ida", "joan", "vera",
        "maria",
    ];
    let folder = TempDir::new().expect("a folder");
    let awards: Vec<AwardId> = {
        let test = start(folder.path(), Random::seeded([7; 32]));
        let award = |name: &&str| test.reviewer("grace").accepts(test.learner(name).submits());
        NAMES.iter().map(award).collect()
    };
    for steps in [1, 2, 3, 5, 8, 13] {
        kill_at(folder.path(), "resume everything", EVERY, steps);
        let test = start(folder.path(), Random::system().expect("random bytes"));
        test.app.log.check().expect("a sound log");
        let (badges, open) = (test.records(b"badge/"), test.records(b"award-open/"));
        assert_eq!((test.log().len(), badges + open), (badges, NAMES.len()));
    }
    let test = start(folder.path(), Random::system().expect("random bytes"));
    let resumed = issuance::resume(&test.app, test.now).expect("the store");
    assert!(resumed.failed.is_empty(), "{:?}", resumed.failed);
    for award in awards {
        test.check_badge(
            issuance::issue(&test.app, award, test.now)
                .expect("the badge")
                .badge(),
        );
    }
    assert_eq!((test.log().len(), test.drawn()), (NAMES.len(), NAMES.len()));
}

#[test]
fn killed_after_any_step_of_reviewing_there_is_one_decision_and_one_badge() {
    for step in [
        Step::Claimed,
        Step::Scored,
        Step::Decided,
        Step::Linted,
        Step::Allocated,
        Step::Signed,
        Step::Checked,
        Step::Recorded,
    ] {
        let folder = TempDir::new().expect("a folder");
        let submission = {
            let test = start(folder.path(), Random::seeded([8; 32]));
            let id = reviewed_twice(&test);
            let ada = test.learner("ada");
            let submission = ada.prepares_for(&id).id;
            ada.hands_in(submission).expect("a complete submission");
            for name in REVIEWERS {
                test.reviewer(name);
            }
            submission
        };
        kill_after(folder.path(), &format!("review {submission}"), step);

        // Both try again after the restart, whatever was done before, and more than once.
        let test = start(folder.path(), Random::system().expect("random bytes"));
        status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
        let resumed = issuance::resume(&test.app, test.now).expect("the store");
        assert!(resumed.failed.is_empty(), "{:?}", resumed.failed);
        for _ in 0..2 {
            review(&test, submission);
        }
        assert_eq!(test.records(b"award/"), 1, "after {step:?}");
        let scorings = test.app.store.scorings(submission, 1).expect("the store");
        assert_eq!(scorings.len(), 2, "after {step:?}");
        let left = [&b"award-open/"[..], b"review-queue/", b"review-draft/"];
        assert_eq!(
            left.map(|prefix| test.records(prefix)),
            [0; 3],
            "after {step:?}"
        );
        let badges = test.badges_of("ada");
        assert_eq!((badges.len(), test.log().len()), (1, 1), "after {step:?}");
        test.check_badge(badges[0].id);
    }
}

/// A micro-credential for which two review every version.
fn reviewed_twice(test: &TestApp) -> MicroCredentialId {
    let donna = test.person("donna", &[Role::Author]);
    let mut content = content();
    content.review.second_review = SecondReview::Always;
    let id: MicroCredentialId = "reviewed-twice".parse().expect("a slug");
    let host = OrganisationId::host();
    micro_credential::write(&test.app, &donna, host, id.clone(), content).expect("a draft");
    micro_credential::publish(&test.app, Actor::Service, &id, test.now).expect("its publication");
    id
}

/// Both reviewers claim, save, find everything met, and the badge is issued. What is done already
/// is refused.
fn review(test: &TestApp, submission: SubmissionId) {
    let met = given(
        1,
        &[
            ("waiting", "consistent", None),
            ("listening", "consistent", None),
        ],
    );
    for name in REVIEWERS {
        let reviewer = test.reviewer(name);
        let finished = reviewer
            .claims(submission)
            .and_then(|_| reviewer.finishes(submission, &met));
        match finished {
            Ok(Finished::Decided { review, .. }) => {
                let Decision::Accepted { award } = review.decision else {
                    panic!("both found everything met")
                };
                issuance::issue(&test.app, award, test.now).expect("the badge");
            }
            Ok(Finished::HandedOn(_)) => {}
            Err(refused) => {
                let known = ["review.reviewed", "state.conflict"];
                assert!(known.contains(&refused.code()), "{refused:?}");
            }
        }
    }
}

const REVIEWERS: [&str; 2] = ["grace", "hopper"];

/// Runs a deed in a process of its own that stands still after a step, and kills it there.
fn kill_after(folder: &Path, deed: &str, step: Step) {
    let status = kill_at(folder, deed, &format!("{step:?}"), 1);
    assert_eq!(
        status.signal(),
        Some(9),
        "it was killed after {step:?}, and did not end by itself"
    );
}

/// Runs a deed in a process of its own, and kills it when it has told of so many steps, or when
/// there was nothing more to do.
fn kill_at(folder: &Path, deed: &str, step: &str, times: usize) -> ExitStatus {
    let binary = std::env::current_exe().expect("this binary");
    let mut child = Command::new(binary)
        .args(["--exact", "chapters::crash::child", "--nocapture"])
        .env(FOLDER, folder)
        .env(DEED, deed)
        .env(STEP, step)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let told = output.lines().map_while(Result::ok);
    let told_of = told
        .filter(|line| line.contains(REACHED))
        .take(times)
        .count();
    child.kill().expect("its end");
    let status = child.wait().expect("its end");
    assert!(
        told_of == times || status.success(),
        "the process failed before {step}"
    );
    status
}

/// Not a test of its own: what the process does that is killed.
#[test]
fn child() {
    let (Ok(folder), Ok(deed)) = (std::env::var(FOLDER), std::env::var(DEED)) else {
        return;
    };
    let mut test = start(Path::new(&folder), Random::system().expect("random bytes"));
    test.app.observer = tell_of_the_step;
    match deed.split_once(' ') {
        Some(("issue", award)) => {
            let award = award.parse().expect("an award");
            let _interrupted = issuance::issue(&test.app, award, test.now);
        }
        Some(("revoke", badge)) => {
            let badge = badge.parse().expect("a badge");
            let _interrupted = revoke(&test, badge);
        }
        Some(("correct", badge)) => {
            let badge = badge.parse().expect("a badge");
            let _interrupted = editions::decides(&test, badge, Act::Correct);
        }
        Some(("endorse", _)) => {
            let _interrupted = endorsements::gives(&test);
        }
        Some(("withdraw", id)) => {
            let id = id.parse().expect("an endorsement");
            let _interrupted = endorsements::withdraws(&test, id);
        }
        Some(("review", submission)) => {
            status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
            review(&test, submission.parse().expect("a submission"));
        }
        Some(("resume", _)) => drop(issuance::resume(&test.app, test.now).expect("the store")),
        _ => panic!("there is no such deed"),
    }
}

fn tell_of_the_step(step: Step) {
    let wanted = std::env::var(STEP).expect("the step");
    if wanted != EVERY && wanted != format!("{step:?}") {
        return;
    }
    let mut output = std::io::stdout().lock();
    writeln!(output, "{REACHED}")
        .and_then(|()| output.flush())
        .expect("an open pipe");
    if wanted == EVERY {
        return;
    }
    loop {
        thread::park();
    }
}

fn start(folder: &Path, random: Random) -> TestApp {
    TestApp::in_folder(folder, keyring(), random, App::log_step)
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("its type").is_dir() {
            fs::create_dir(&target).expect("a folder");
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}

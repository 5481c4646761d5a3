//! `kill -9` after every step of giving an endorsement and of withdrawing it.

use issuer::app::Step;
use issuer::endorsement::{Endorsement, Gift, giving, withdrawing};
use issuer::error::Error;
use issuer::id::EndorsementId;
use issuer::log::Kind;
use issuer::random::Random;
use issuer::{layout, status};
use tempfile::TempDir;
use verifier::Verdict;

use super::{copy_folder, kill_after, start};
use crate::app::TestApp;
use crate::chapters::endorsing::{PRAISE, credential, found_wayne, of_wait_time, offered};
use crate::chapters::organisations::wayne;

/// Otto endorses the chapters' micro-credential.
pub fn gives(test: &TestApp) -> Result<Endorsement, Error> {
    let gift = Gift {
        by: test.person("otto", &[]).id,
        comment: PRAISE.parse().expect("a text"),
    };
    giving::offer(&test.app, &wayne(), &of_wait_time(), &gift, test.now)
}

/// Otto withdraws an endorsement.
pub fn withdraws(test: &TestApp, id: EndorsementId) -> Result<Endorsement, Error> {
    let by = test.person("otto", &[]).id;
    let reason = "The course has ended.".parse().expect("a text");
    withdrawing::withdraw(&test.app, by, (&wayne(), id), &reason, test.now)
}

#[test]
fn killed_after_any_step_of_endorsing_the_same_endorsement_comes_out_and_one_log_entry() {
    for step in [
        Step::Linted,
        Step::Allocated,
        Step::Signed,
        Step::Checked,
        Step::Recorded,
    ] {
        let folder = TempDir::new().expect("a folder");
        found_wayne(&start(folder.path(), Random::seeded([31; 32])));
        kill_after(folder.path(), "endorse wait-time", step);
        let copy = TempDir::new().expect("a folder");
        copy_folder(folder.path(), copy.path());
        let one = taken_up(folder.path(), step);
        let other = taken_up(copy.path(), step);
        match step {
            // Nothing was stored yet, and nobody has seen anything.
            Step::Linted => assert_ne!(one, other),
            _ => assert_eq!(one, other, "after {step:?}"),
        }
    }
}

fn taken_up(folder: &std::path::Path, step: Step) -> (String, String) {
    let test = start(folder, Random::system().expect("random bytes"));
    let recorded = usize::from(step == Step::Recorded);
    assert_eq!(test.log().len(), recorded, "after {step:?}");
    status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
    let resumed = giving::resume(&test.app, test.now).expect("the store");
    let open = recorded == 0 && step != Step::Linted;
    assert_eq!(resumed.given, usize::from(open), "after {step:?}");
    assert!(resumed.failed.is_empty(), "{:?}", resumed.failed);
    // Whoever has got no answer gives it again.
    let given = gives(&test).expect("the same endorsement");
    let said = credential(&test, given.id);
    for form in [said.json(), said.jwt()] {
        assert_eq!(test.verify(form.as_bytes()).verdict(), Verdict::Verified);
    }
    let kinds: Vec<Kind> = test.log().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Issue], "after {step:?}");
    test.app.log.check().expect("a sound log");
    assert_eq!(test.records(b"endorsement-open/"), 0);
    assert_eq!(test.records(b"endorsement-credential/"), 1);
    let place = layout::status_drawn(said.status());
    assert!(
        test.app
            .store
            .engine()
            .get(&place)
            .expect("the store")
            .is_some()
    );
    (said.json().to_owned(), said.jwt().to_owned())
}

#[test]
fn killed_after_any_step_of_withdrawing_the_endorsement_is_withdrawn_once_or_not_at_all() {
    for step in [
        Step::RevocationFound,
        Step::RevocationSigned,
        Step::RevocationRecorded,
    ] {
        let folder = TempDir::new().expect("a folder");
        let id = {
            let test = start(folder.path(), Random::seeded([32; 32]));
            found_wayne(&test);
            offered(&test, &of_wait_time()).id
        };
        kill_after(folder.path(), &format!("withdraw {id}"), step);
        let test = start(folder.path(), Random::system().expect("random bytes"));
        let done = step == Step::RevocationRecorded;
        let said = credential(&test, id);
        let verdict = test.verify(said.json().as_bytes()).verdict();
        assert_eq!(verdict == Verdict::Refused, done, "after {step:?}");
        let again = withdraws(&test, id).err().map(|error| error.code());
        assert_eq!(again, done.then_some("endorsement.not_in_force"));
        let kinds: Vec<Kind> = test.log().iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [Kind::Issue, Kind::Revoke], "after {step:?}");
        let report = test.verify(said.jwt().as_bytes());
        let code = report.reason().map(|reason| reason.code());
        assert_eq!(code, Some("status.revoked"));
    }
}

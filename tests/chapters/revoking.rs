//! Revoking and the status lists it rests on.

use crate::app::TestApp;
use issuer::engine::Batch;
use issuer::status::{self, STATUS_LIST_LEN, StatusIndex, StatusListNumber, StatusPlace};
use issuer::{issuance, layout};

#[test]
fn a_new_status_list_is_begun_when_one_is_half_full() {
    let test = TestApp::new();
    let first = test.issued();
    // All but one of the indexes that are drawn before the list counts as half full.
    take(&test, STATUS_LIST_LEN / 2 - 2);
    let list_of = |name: &str| {
        let submission = test.learner(name).submits();
        let award = test.reviewer("grace").accepts(submission);
        // A process that has just started counts what the others have drawn.
        let mut restarted = test.beside(crate::app::keyring());
        restarted.random = issuer::random::Random::system().expect("random bytes");
        let issued = issuance::issue(&restarted, award, test.now).expect("a badge");
        test.app.log.settle().expect("the log");
        test.check_badge(issued.badge());
        let badge = test
            .app
            .store
            .badge(issued.badge())
            .expect("the store")
            .expect("the badge");
        badge.current().status.list
    };
    let second = StatusListNumber::FIRST.next();
    assert_eq!(list_of("mary"), StatusListNumber::FIRST);
    assert_eq!(list_of("emmy"), second);
    assert_eq!(list_of("hedy"), second);
    status::keep_all_fresh(&test.app, test.now).expect("fresh lists");
    test.check_badge(first.badge());
}

/// Marks so many indexes of the first list as drawn.
fn take(test: &TestApp, count: u32) {
    let free = (0..STATUS_LIST_LEN)
        .filter_map(StatusIndex::new)
        .filter(|index| {
            let place = StatusPlace {
                list: StatusListNumber::FIRST,
                index: *index,
            };
            test.app
                .store
                .engine()
                .get(&layout::status_drawn(place))
                .expect("the store")
                .is_none()
        });
    let places: Vec<StatusIndex> = free.take(count as usize).collect();
    for places in places.chunks(8_192) {
        let mut batch = Batch::default();
        for index in places {
            let place = StatusPlace {
                list: StatusListNumber::FIRST,
                index: *index,
            };
            batch.put(layout::status_drawn(place), b"{\"v\":1}".to_vec());
        }
        test.app.store.commit(batch).expect("a commit");
    }
}

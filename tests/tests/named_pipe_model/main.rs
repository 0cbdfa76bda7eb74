//! Facts 24 to 37 at random: conversations of calls on the handles of both ends, in one process and
//! in two, compared call by call with a model that is made from the facts and is nothing but lists
//! of messages.
//!
//! A call that the model says would block is made as an overlapped request, which must be pending
//! as long as the model says and end as it says. `PROPTEST_CASES` says how many conversations.

mod actions;
mod conversation;
mod queue;
mod world;

use actions::{conversation, terms};
use conversation::{Conversation, Party};
use proptest::prelude::{ProptestConfig, proptest};
use proptest::test_runner::FileFailurePersistence;
use transom_tests::alone;

fn cases(usual: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(usual),
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_process_talks_to_itself_as_in_the_model(terms in terms(), actions in conversation(40)) {
        let _alone = alone();
        Conversation::new(terms, &mut Party::Here).hold(&actions);
    }
}

/// The client in another process, which is started once.
#[test]
fn two_processes_talk_as_in_the_model() {
    let _alone = alone();
    let client = std::cell::RefCell::new(Party::there());
    let mut runner = proptest::test_runner::TestRunner::new(cases(60));
    let held = runner.run(&(terms(), conversation(30)), |(terms, actions)| {
        Conversation::new(terms, &mut client.borrow_mut()).hold(&actions);
        Ok(())
    });
    if let Err(error) = held {
        panic!("{error}");
    }
}

//! What may be done in a conversation, at random.

use proptest::prelude::{Just, Strategy, any, prop_oneof};

/// How many bytes, compared with the quota.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Size {
    Few(usize),
    /// The quota, and so much more, less 1.
    About(usize),
    /// So many thousandths of the quota.
    Times(usize),
}

impl Size {
    pub(crate) const fn of(self, quota: usize) -> usize {
        match self {
            Self::Few(bytes) => bytes,
            Self::About(more) => (quota + more).saturating_sub(1),
            Self::Times(thousandths) => quota * thousandths / 1000,
        }
    }
}

/// Which of the handles that are open, or of the requests that wait.
pub(crate) type Which = usize;

#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// The read mode, and whether direction or type are not the pipe's.
    Create {
        overlapped: bool,
        first: bool,
        mode: u32,
        turned: bool,
        other: bool,
    },
    Open {
        access: u32,
        overlapped: bool,
    },
    Connect(Which),
    Disconnect(Which),
    Close(Which),
    Read(Which, Size),
    Write(Which, Size),
    Transact(Which, Size, Size),
    Peek(Which, Size),
    Mode(Which, u32),
    /// `GetNamedPipeHandleState` and `GetNamedPipeInfo`.
    Look(Which),
    Flush(Which),
    Wait,
    Cancel(Which),
}

/// How the pipe is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) direction: u32,
    pub(crate) messages: bool,
    pub(crate) most: usize,
    pub(crate) quota: usize,
}

fn sizes() -> impl Strategy<Value = Size> {
    prop_oneof![
        3 => (0_usize..9).prop_map(Size::Few),
        2 => (0_usize..3).prop_map(Size::About),
        3 => (0_usize..3000).prop_map(Size::Times),
    ]
}

fn accesses() -> impl Strategy<Value = u32> {
    const READ: u32 = 0x8000_0000;
    const WRITE: u32 = 0x4000_0000;
    prop_oneof![8 => Just(READ | WRITE), 2 => Just(READ), 2 => Just(WRITE), 1 => Just(0)]
}

fn action() -> impl Strategy<Value = Action> {
    let which = || 0_usize..64;
    // Waiting more often than not.
    let mode = || prop_oneof![2 => Just(0_u32), 3 => Just(2), 1 => Just(1), 1 => Just(3)];
    prop_oneof![
        2 => (any::<bool>(), 0..8, mode(), 0..8, any::<bool>()).prop_map(
            |(overlapped, first, mode, turned, other)| {
                let (first, turned) = (first == 0, turned == 0);
                Action::Create { overlapped, first, mode, turned, other }
            }
        ),
        3 => (accesses(), any::<bool>()).prop_map(|(access, overlapped)| {
            Action::Open { access, overlapped }
        }),
        3 => which().prop_map(Action::Connect),
        2 => which().prop_map(Action::Disconnect),
        2 => which().prop_map(Action::Close),
        12 => (which(), sizes()).prop_map(|(which, size)| Action::Read(which, size)),
        12 => (which(), sizes()).prop_map(|(which, size)| Action::Write(which, size)),
        2 => (which(), sizes(), sizes()).prop_map(|(which, there, back)| {
            Action::Transact(which, there, back)
        }),
        4 => (which(), sizes()).prop_map(|(which, size)| Action::Peek(which, size)),
        4 => (which(), prop_oneof![20 => mode(), 1 => Just(4)]).prop_map(|(which, mode)| {
            Action::Mode(which, mode)
        }),
        1 => which().prop_map(Action::Look),
        1 => which().prop_map(Action::Flush),
        1 => Just(Action::Wait),
        4 => which().prop_map(Action::Cancel),
    ]
}

/// A conversation. Most begin with a connection, since there is not much to be done without one.
pub(crate) fn conversation(length: usize) -> impl Strategy<Value = Vec<Action>> {
    let begin = (any::<bool>(), any::<bool>(), 0_usize..4).prop_map(|(one, other, how)| {
        let create =
            Action::Create { overlapped: one, first: false, mode: 2, turned: false, other: false };
        let open = Action::Open { access: 0xC000_0000, overlapped: other };
        match how {
            0 => vec![],
            1 => vec![create],
            _ => vec![create, open],
        }
    });
    (begin, proptest::collection::vec(action(), 1..length)).prop_map(|(mut actions, more)| {
        actions.extend(more);
        actions
    })
}

pub(crate) fn terms() -> impl Strategy<Value = Terms> {
    let quota = prop_oneof![
        1 => Just(0_usize),
        6 => 1_usize..100,
        2 => 1_usize..6_000,
        1 => 80_000_usize..200_000,
    ];
    let direction = prop_oneof![6 => Just(3_u32), 1 => Just(1), 1 => Just(2)];
    (direction, any::<bool>(), 1_usize..4, quota)
        .prop_map(|(direction, messages, most, quota)| Terms { direction, messages, most, quota })
}

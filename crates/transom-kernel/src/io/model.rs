//! Random requests, progress and cancellations, beside a model that is a list.

use super::{
    Completion, FileIo, Lane, NtStatus, Operation, Outcome, Progress, Started, StatusBlock, cancel,
};
use crate::error::Win32Error;
use crate::executive::current;
use crate::file::{FileType, ReadTarget, Stream, Transfer};
use crate::object::{KernelObject, ObjectHeader, ObjectType, Shape};
use crate::{Result, handle::Handle};
use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};
use std::sync::{Arc, Mutex};

/// A device that hands out units, in three lanes.
struct Device {
    header: ObjectHeader,
    io: FileIo,
    units: Mutex<[usize; 3]>,
}

impl KernelObject for Device {
    fn header(&self) -> &ObjectHeader {
        &self.header
    }

    fn shape(&self) -> Shape<'_> {
        Shape::LOCAL
    }

    fn last_handle_closed(&self) {
        self.io.close();
    }

    fn stream(&self) -> Option<&dyn Stream> {
        Some(self)
    }
}

impl Stream for Device {
    fn read(&self, _buffer: &mut dyn ReadTarget, _offset: Option<u64>) -> Result<Transfer> {
        Err(Win32Error::NOT_SUPPORTED)
    }

    fn write(&self, _buffer: &[u8], _offset: Option<u64>) -> Result<usize> {
        Err(Win32Error::NOT_SUPPORTED)
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn file_type(&self) -> FileType {
        FileType::Char
    }

    fn io(&self) -> Option<&FileIo> {
        Some(&self.io)
    }
}

/// Takes so many units, as they come.
struct Take {
    device: Arc<Device>,
    lane: Lane,
    wanted: usize,
    had: usize,
}

impl Operation for Take {
    fn step(&mut self) -> Progress {
        let mut units = self.device.units.lock().unwrap();
        let place = &mut units[self.lane as usize];
        let taken = (*place).min(self.wanted - self.had);
        *place -= taken;
        self.had += taken;
        match self.had == self.wanted {
            true => Progress::Done(Ok(self.had).into()),
            false => Progress::Blocked,
        }
    }

    fn cancel(&mut self) -> Option<Outcome> {
        (self.had > 0).then_some(Outcome { bytes: self.had, ..Outcome::CANCELLED })
    }
}

/// What was told, in its order: which request, its status, how many.
type Told = Arc<Mutex<Vec<(usize, NtStatus, usize)>>>;

struct Block {
    address: usize,
    told: Told,
}

impl StatusBlock for Block {
    fn address(&self) -> usize {
        self.address
    }

    fn set_pending(&self) {}

    fn store(&self, status: NtStatus, information: usize) {
        self.told.lock().unwrap().push((self.address, status, information));
    }
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Submit(Lane, usize),
    Add(Lane, usize),
    Cancel(usize),
    CancelMine,
    CancelAll,
}

fn action() -> impl Strategy<Value = Action> {
    let lane = || (0..3_usize).prop_map(|number| Lane::ALL[number]);
    prop_oneof![
        4 => (lane(), 0..6_usize).prop_map(|(lane, units)| Action::Submit(lane, units)),
        3 => (lane(), 0..9_usize).prop_map(|(lane, units)| Action::Add(lane, units)),
        2 => any::<u8>().prop_map(|index| Action::Cancel(index.into())),
        1 => proptest::prelude::Just(Action::CancelMine),
        1 => proptest::prelude::Just(Action::CancelAll),
    ]
}

/// The same, as a list: which request, its lane, how many it wants and has.
#[derive(Default)]
struct Model {
    waiting: Vec<(usize, Lane, usize, usize)>,
    units: [usize; 3],
    told: Vec<(usize, NtStatus, usize)>,
}

impl Model {
    fn pump(&mut self) {
        for lane in Lane::ALL {
            while let Some(at) = self.waiting.iter().position(|request| request.1 == lane) {
                let (address, _, wanted, had) = &mut self.waiting[at];
                let units = &mut self.units[lane as usize];
                let taken = (*units).min(*wanted - *had);
                (*units, *had) = (*units - taken, *had + taken);
                if had != wanted {
                    break;
                }
                self.told.push((*address, NtStatus::SUCCESS, *wanted));
                self.waiting.remove(at);
            }
        }
    }

    fn cancel(&mut self, which: impl Fn(usize) -> bool) -> bool {
        let mut some = false;
        // Lane by lane, and what is behind goes on before the next lane is looked at.
        for lane in Lane::ALL {
            let cancelled: Vec<_> = self
                .waiting
                .extract_if(.., |request| request.1 == lane && which(request.0))
                .collect();
            some |= !cancelled.is_empty();
            let status = NtStatus::of(Win32Error::OPERATION_ABORTED);
            let told = cancelled.iter().map(|(address, _, _, had)| (*address, status, *had));
            self.told.extend(told);
            let others: Vec<_> = self.waiting.extract_if(.., |request| request.1 != lane).collect();
            self.pump();
            self.waiting.extend(others);
            self.waiting.sort_unstable_by_key(|request| request.0);
        }
        some
    }
}

proptest! {
    #[test]
    fn requests_are_done_in_order_and_each_is_told_once(
        actions in proptest::collection::vec(action(), 1..60),
    ) {
        let device = Arc::new(Device {
            header: ObjectHeader::new(ObjectType::File),
            io: FileIo::new(true),
            units: Mutex::default(),
        });
        let object: Arc<dyn KernelObject> = Arc::<Device>::clone(&device);
        let handle: Handle = current().table().create(Arc::clone(&object), 0, false)?.into();
        let (told, mut model) = (Told::default(), Model::default());
        for (address, action) in (1_usize..).zip(actions) {
            match action {
                Action::Submit(lane, wanted) => {
                    let device = Arc::clone(&device);
                    let operation = Box::new(Take { device, lane, wanted, had: 0 });
                    let block = Block { address, told: Arc::clone(&told) };
                    let completion = Completion::new(Box::new(block));
                    let started = super::submit(&object, lane, operation, completion)?;
                    model.waiting.push((address, lane, wanted, 0));
                    model.pump();
                    let waits = model.waiting.iter().any(|request| request.0 == address);
                    prop_assert_eq!(started == Started::Pending, waits);
                }
                Action::Add(lane, units) => {
                    device.units.lock().unwrap()[lane as usize] += units;
                    device.io.pump();
                    model.units[lane as usize] += units;
                    model.pump();
                }
                Action::Cancel(index) => {
                    let count = model.waiting.len().max(1);
                    let address = model.waiting.get(index % count).map_or(0, |request| request.0);
                    let found = model.cancel(|other| other == address);
                    let cancelled = cancel::cancel_all(handle, Some(address));
                    let expected = if found { Ok(()) } else { Err(Win32Error::NOT_FOUND) };
                    prop_assert_eq!(cancelled, expected);
                }
                Action::CancelMine => {
                    model.cancel(|_| true);
                    cancel::cancel(handle)?;
                }
                Action::CancelAll => {
                    let found = model.cancel(|_| true);
                    prop_assert_eq!(cancel::cancel_all(handle, None).is_ok(), found);
                }
            }
            prop_assert_eq!(&*told.lock().unwrap(), &model.told);
        }
        model.cancel(|_| true);
        current().table().close(handle)?;
        prop_assert_eq!(&*told.lock().unwrap(), &model.told);
        drop(object);
        // Nothing that was in flight holds it any more.
        prop_assert_eq!(Arc::strong_count(&device), 1);
    }
}

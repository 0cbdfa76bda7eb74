//! Thread-local storage: `TlsAlloc` and its kin.
//!
//! Each thread has a place for every index. A place remembers the generation of its index, so
//! that giving an index back empties it in all threads at once, without touching them.

use crate::error::{Result, Win32Error};
use std::cell::{Cell, OnceCell};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many indexes there are: `TLS_MINIMUM_AVAILABLE` and 1,024 more.
pub const INDEXES: usize = 1088;
/// How many of them need no memory of their own.
const FIRST: usize = 64;

/// A value, and the generation of its index it was set in.
#[derive(Clone, Copy, Debug)]
struct Place {
    value: usize,
    generation: u32,
}

impl Place {
    const EMPTY: Self = Self { value: 0, generation: 0 };
}

/// Which indexes are in use. The first is never given out, as on Windows.
static USED: Mutex<[bool; INDEXES]> = Mutex::new({
    let mut used = [false; INDEXES];
    used[0] = true;
    used
});
static GENERATIONS: [AtomicU32; INDEXES] = [const { AtomicU32::new(0) }; INDEXES];

thread_local! {
    static NEAR: [Cell<Place>; FIRST] = const { [const { Cell::new(Place::EMPTY) }; FIRST] };
    static FAR: OnceCell<Box<[Cell<Place>]>> = const { OnceCell::new() };
}

fn used() -> MutexGuard<'static, [bool; INDEXES]> {
    USED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `TlsAlloc`: an index under which each thread can keep a value, which is 0 at first.
///
/// # Errors
/// `ERROR_NO_MORE_ITEMS` when all 1,088 are in use.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-tlsalloc>
pub fn allocate() -> Result<u32> {
    let mut used = used();
    let index = used.iter().position(|&used| !used).ok_or(Win32Error::NO_MORE_ITEMS)?;
    used[index] = true;
    u32::try_from(index).map_err(|_| Win32Error::NO_MORE_ITEMS)
}

/// `TlsFree`: gives an index back.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for one that is not in use.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-tlsfree>
pub fn free(index: u32) -> Result<()> {
    let index = index as usize;
    let mut used = used();
    if index == 0 || !used.get(index).copied().unwrap_or(false) {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    used[index] = false;
    GENERATIONS[index].fetch_add(1, Ordering::AcqRel);
    Ok(())
}

fn with_place<R>(index: usize, act: impl FnOnce(&Cell<Place>) -> R) -> Result<R> {
    if index < FIRST {
        return Ok(NEAR.with(|places| act(&places[index])));
    }
    let far = |places: &OnceCell<Box<[Cell<Place>]>>| {
        let places =
            places.get_or_init(|| (FIRST..INDEXES).map(|_| Cell::new(Place::EMPTY)).collect());
        act(&places[index - FIRST])
    };
    // They are gone when the thread's last destructors run.
    FAR.try_with(far).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)
}

/// `TlsGetValue`: what this thread keeps under an index; 0 for nothing. Whether the index is in
/// use is not asked, as on Windows.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an index that there is not.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-tlsgetvalue>
#[inline]
pub fn get(index: u32) -> Result<usize> {
    let index = index as usize;
    let generation = GENERATIONS.get(index).ok_or(Win32Error::INVALID_PARAMETER)?;
    let place = with_place(index, Cell::get).unwrap_or(Place::EMPTY);
    let current = place.generation == generation.load(Ordering::Acquire);
    Ok(if current { place.value } else { 0 })
}

/// `TlsSetValue`: has this thread keep a value under an index.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an index that there is not; `ERROR_NOT_ENOUGH_MEMORY` while the
/// thread's last destructors run, for an index of 64 or more.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-tlssetvalue>
#[inline]
pub fn set(index: u32, value: usize) -> Result<()> {
    let index = index as usize;
    let generation = GENERATIONS.get(index).ok_or(Win32Error::INVALID_PARAMETER)?;
    let generation = generation.load(Ordering::Acquire);
    with_place(index, |place| place.set(Place { value, generation }))
}

/// Which indexes are in use, locked around a `fork`.
pub(crate) struct Frozen(
    #[expect(dead_code, reason = "held, never read")] MutexGuard<'static, [bool; INDEXES]>,
);

pub(crate) fn freeze() -> Frozen {
    Frozen(used())
}

#[cfg(test)]
mod tests {
    use super::{INDEXES, allocate, free, get, set};
    use crate::error::Win32Error;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    static ALONE: Mutex<()> = Mutex::new(());

    #[derive(Clone, Debug)]
    enum Step {
        Allocate,
        Free(usize),
        Set(usize, usize),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            Just(Step::Allocate),
            any::<usize>().prop_map(Step::Free),
            any::<(usize, usize)>().prop_map(|(index, value)| Step::Set(index, value)),
        ];
        proptest::collection::vec(step, 0..200)
    }

    proptest! {
        #[test]
        fn an_index_keeps_its_value_until_it_is_freed(steps in steps()) {
            let _alone = ALONE.lock();
            let mut model: BTreeMap<u32, usize> = BTreeMap::new();
            let pick = |model: &BTreeMap<u32, usize>, which: usize| {
                model.keys().nth(which % model.len().max(1)).copied()
            };
            for step in steps {
                match step {
                    Step::Allocate => {
                        let index = allocate()?;
                        prop_assert_eq!(model.insert(index, 0), None);
                    }
                    Step::Free(which) => {
                        if let Some(index) = pick(&model, which) {
                            prop_assert_eq!(free(index), Ok(()));
                            prop_assert_eq!(free(index), Err(Win32Error::INVALID_PARAMETER));
                            model.remove(&index);
                        }
                    }
                    Step::Set(which, value) => {
                        if let Some(index) = pick(&model, which) {
                            prop_assert_eq!(set(index, value), Ok(()));
                            model.insert(index, value);
                        }
                    }
                }
                for (index, value) in &model {
                    prop_assert_eq!(get(*index), Ok(*value));
                }
            }
            for index in model.into_keys() {
                prop_assert_eq!(free(index), Ok(()));
            }
        }
    }

    #[test]
    fn there_are_1087_indexes_to_have() {
        let _alone = ALONE.lock();
        let all: Vec<u32> = std::iter::from_fn(|| allocate().ok()).collect();
        assert_eq!(all.len(), INDEXES - 1);
        assert_eq!(allocate(), Err(Win32Error::NO_MORE_ITEMS));
        for index in all {
            assert_eq!(set(index, 7), Ok(()));
            assert_eq!(free(index), Ok(()));
            assert_eq!(get(index), Ok(0));
        }
        assert_eq!(get(1088), Err(Win32Error::INVALID_PARAMETER));
        assert_eq!(set(1088, 1), Err(Win32Error::INVALID_PARAMETER));
    }
}

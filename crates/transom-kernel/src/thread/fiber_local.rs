//! Fiber-local storage: `FlsAlloc` and its kin. Each thread keeps values of its own, which are those of the
//! fiber it runs, if it is one; they are handed to a callback when it ends or the index is freed.

use crate::error::{Result, Win32Error};
use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// How many indexes there are, as since Windows 10 20H1; the first is never given out.
pub const INDEXES: usize = 4080;

/// Is handed a value that is no longer kept.
pub type Callback = Arc<dyn Fn(usize) + Send + Sync>;

/// What is known of all indexes and of all threads that keep something.
struct Shared {
    indexes: Vec<Index>,
    threads: Vec<Weak<Mutex<Vec<usize>>>>,
}

#[derive(Clone)]
enum Index {
    Free,
    Used(Option<Callback>),
}

static SHARED: Mutex<Shared> = Mutex::new(Shared { indexes: Vec::new(), threads: Vec::new() });

/// What a fiber or thread keeps, if anything.
#[derive(Debug, Default)]
pub(super) struct Values(Option<Arc<Mutex<Vec<usize>>>>);

/// What one thread keeps; when it is dropped, the callbacks get what is left.
struct Own(RefCell<Option<Arc<Mutex<Vec<usize>>>>>);

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(values) = self.0.take() {
            hand_over(&values);
        }
    }
}

thread_local! {
    static OWN: Own = const { Own(RefCell::new(None)) };
}

fn shared() -> MutexGuard<'static, Shared> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn values_of(thread: &Mutex<Vec<usize>>) -> MutexGuard<'_, Vec<usize>> {
    thread.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `FlsAlloc`: an index under which each thread can keep a value, and what is called with values
/// that are not 0 when their thread ends or the index is freed.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY` when all 4,079 are in use.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flsalloc>
pub fn allocate(callback: Option<Callback>) -> Result<u32> {
    // From now on this thread has values, if only empty ones.
    drop(own_values());
    let mut shared = shared();
    if shared.indexes.is_empty() {
        shared.indexes.push(Index::Used(None));
    }
    let used = Index::Used(callback);
    let free = shared.indexes.iter().position(|index| matches!(index, Index::Free));
    let index = match free {
        Some(index) => {
            shared.indexes[index] = used;
            index
        }
        None if shared.indexes.len() < INDEXES => {
            shared.indexes.push(used);
            shared.indexes.len() - 1
        }
        None => return Err(Win32Error::NOT_ENOUGH_MEMORY),
    };
    // Something may have been set there while the index was nobody's.
    for thread in shared.threads.iter().filter_map(Weak::upgrade) {
        if let Some(value) = values_of(&thread).get_mut(index) {
            *value = 0;
        }
    }
    u32::try_from(index).map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)
}

/// `FlsFree`: gives an index back. Its callback is called, in this thread, for what any thread
/// keeps there.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for one that is not in use.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flsfree>
pub fn free(index: u32) -> Result<()> {
    let index = index as usize;
    let mut shared = shared();
    let used = shared.indexes.get_mut(index).filter(|_| index != 0);
    let Some(Index::Used(callback)) = used.map(|used| std::mem::replace(used, Index::Free)) else {
        return Err(Win32Error::INVALID_PARAMETER);
    };
    shared.threads.retain(|thread| thread.strong_count() > 0);
    let mut values = Vec::new();
    for thread in shared.threads.iter().filter_map(Weak::upgrade) {
        let mut kept = values_of(&thread);
        values.extend(kept.get_mut(index).map(std::mem::take).filter(|&value| value != 0));
    }
    // The callback may use any of these functions.
    drop(shared);
    if let Some(callback) = callback {
        values.into_iter().for_each(|value| callback(value));
    }
    Ok(())
}

fn check(index: u32) -> Result<usize> {
    let index = index as usize;
    if index == 0 || index >= INDEXES {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    Ok(index)
}

/// `FlsGetValue`: what this thread keeps under an index; 0 for nothing. Whether the index is in
/// use is not asked, as on Windows.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an index that there is not, and for a thread or fiber that has
/// neither made an index nor set a value.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flsgetvalue>
pub fn get(index: u32) -> Result<usize> {
    let index = check(index)?;
    let value = OWN.try_with(|own| {
        own.0.borrow().as_ref().map(|values| values_of(values).get(index).copied().unwrap_or(0))
    });
    value.ok().flatten().ok_or(Win32Error::INVALID_PARAMETER)
}

/// What this thread keeps, from now on if it has kept nothing.
fn own_values() -> Result<Arc<Mutex<Vec<usize>>>> {
    let values = OWN.try_with(|own| {
        let mut own = own.0.borrow_mut();
        if let Some(values) = own.as_ref() {
            return Arc::clone(values);
        }
        let values = Arc::default();
        shared().threads.push(Arc::downgrade(&values));
        Arc::clone(own.insert(values))
    });
    values.map_err(|_| Win32Error::NOT_ENOUGH_MEMORY)
}

/// `FlsSetValue`: has this thread keep a value under an index.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER` for an index that there is not; `ERROR_NOT_ENOUGH_MEMORY` when the
/// thread's values are gone, since its last destructors run.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/fibersapi/nf-fibersapi-flssetvalue>
pub fn set(index: u32, value: usize) -> Result<()> {
    let index = check(index)?;
    let values = own_values()?;
    let mut values = values_of(&values);
    if values.len() <= index {
        values.resize(index + 1, 0);
    }
    values[index] = value;
    Ok(())
}

/// Has this thread keep other values, since it switches to the fiber whose they are; those it kept. Not
/// inlined, since the caller may be in another thread after a switch.
#[inline(never)]
pub(super) fn exchange(values: Values) -> Values {
    Values(OWN.try_with(|own| own.0.replace(values.0)).ok().flatten())
}

/// Hands all that a fiber kept to the callbacks.
pub(super) fn give_up(values: &Values) {
    if let Some(values) = &values.0 {
        hand_over(values);
    }
}

/// Hands all that this thread keeps to the callbacks.
pub(super) fn run_callbacks() {
    let values = OWN.try_with(|own| own.0.borrow().clone()).ok().flatten();
    if let Some(values) = values {
        hand_over(&values);
    }
}

fn hand_over(thread: &Mutex<Vec<usize>>) {
    // A callback may set values, of which some are then handed over in turn.
    for index in 0..INDEXES {
        let callback = {
            let shared = shared();
            let Some(used) = shared.indexes.get(index) else { break };
            let Index::Used(Some(callback)) = used else { continue };
            Arc::clone(callback)
        };
        let value = values_of(thread).get_mut(index).map_or(0, std::mem::take);
        if value != 0 {
            callback(value);
        }
    }
    let mut shared = shared();
    shared.threads.retain(|known| {
        known.strong_count() > 0 && !std::ptr::eq(known.as_ptr(), std::ptr::from_ref(thread))
    });
}

/// The indexes, locked around a `fork`.
pub(crate) struct Frozen(MutexGuard<'static, Shared>);

pub(crate) fn freeze() -> Frozen {
    Frozen(shared())
}

impl Frozen {
    /// In the new process only one thread goes on; the others' values are nobody's.
    pub(crate) fn start_anew(&mut self) {
        let own = OWN.try_with(|own| own.0.borrow().as_ref().map(Arc::downgrade)).ok().flatten();
        self.0.threads.clear();
        self.0.threads.extend(own);
    }
}

#[cfg(test)]
mod tests {
    use super::{allocate, free, get, set};
    use crate::error::Win32Error;
    use std::sync::{Arc, Mutex};

    #[test]
    fn a_value_goes_to_the_callback_when_its_thread_ends_or_the_index_is_freed() {
        let seen: Arc<Mutex<Vec<usize>>> = Arc::default();
        let told = Arc::clone(&seen);
        let callback = Arc::new(move |value| told.lock().expect("no test panics").push(value));
        let index = allocate(Some(callback)).expect("there is room");
        assert_ne!(index, 0);
        assert_eq!((get(index), set(index, 41)), (Ok(0), Ok(())));
        // A thread that Transom has not made.
        std::thread::spawn(move || {
            let before = get(index);
            assert_eq!((before, set(index, 42)), (Err(Win32Error::INVALID_PARAMETER), Ok(())));
            assert_eq!(get(index), Ok(42));
        })
        .join()
        .expect("it does not panic");
        assert_eq!(*seen.lock().expect("no test panics"), [42]);
        assert_eq!(free(index), Ok(()));
        assert_eq!(*seen.lock().expect("no test panics"), [42, 41]);
        assert_eq!(free(index), Err(Win32Error::INVALID_PARAMETER));
        assert_eq!(get(index), Ok(0));
    }

    #[test]
    fn what_is_no_index() {
        for index in [0, 4080, u32::MAX] {
            assert_eq!(get(index), Err(Win32Error::INVALID_PARAMETER));
            assert_eq!(set(index, 1), Err(Win32Error::INVALID_PARAMETER));
            assert_eq!(free(index), Err(Win32Error::INVALID_PARAMETER));
        }
    }
}

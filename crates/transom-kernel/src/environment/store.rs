//! The case-insensitive store of the process's variables.
//!
//! A variable is found by hashing its folded name, so that the cost is the same with ten and with
//! a thousand of them.
//!
//! A Linux environment may hold several *spellings* of what is one variable to Windows, and its
//! programs mean both (`http_proxy` and `HTTP_PROXY`). None is lost: a spelling that is asked for
//! exactly answers with its own value, any other finds the first; setting or deleting the
//! variable sets or deletes every spelling.

use super::expand::substitute;
use super::name::{EQUALS, Name, Sought, has_any, is_internal, is_name};
use super::{LONGEST_VALUE, Variable};
use crate::error::{Result, Win32Error};
use crate::text::{fold_unit, to_wide};
use hashbrown::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::sync::{LazyLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What is kept under a name.
struct Held {
    value: Vec<u16>,
    /// Further spellings that the Linux environment had: nearly always none.
    spellings: Vec<Variable>,
}

/// An environment.
#[derive(Default)]
pub(super) struct Store {
    variables: HashMap<Name, Held>,
}

impl Store {
    /// The environment that Linux gave this process.
    fn of_linux() -> Self {
        Self::from_iter(std::env::vars_os().map(|(name, value)| Variable {
            name: to_wide(name.as_bytes()),
            value: to_wide(value.as_bytes()),
        }))
    }

    /// The environment that a program sets as a whole.
    fn replacement(variables: Vec<Variable>) -> Result<Self> {
        let mut store = Self::default();
        for Variable { name, value } in variables {
            if !is_name(&name) || name.first() == Some(&EQUALS) || has_any(&value, [0]) {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            if !is_internal(&name) {
                store.variables.remove(&Sought(&name));
                let held = Held { value, spellings: Vec::new() };
                store.variables.insert(Name::new(&name), held);
            }
        }
        Ok(store)
    }

    /// The value of a variable.
    pub(super) fn value(&self, name: &[u16]) -> Option<&[u16]> {
        let (first, held) = self.variables.get_key_value(&Sought(name))?;
        if !held.spellings.is_empty()
            && *first.spelled != *name
            && let Some(exact) = held.spellings.iter().find(|spelling| spelling.name == name)
        {
            return Some(&exact.value);
        }
        Some(&held.value)
    }

    /// Sets a variable, or deletes it.
    pub(super) fn set(&mut self, name: &[u16], value: Option<&[u16]>) -> Result<()> {
        if !is_name(name) || is_internal(name) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let Some(value) = value else {
            self.variables.remove(&Sought(name));
            return Ok(());
        };
        if value.len() > LONGEST_VALUE || has_any(value, [0]) {
            return Err(Win32Error::INVALID_PARAMETER);
        }
        let Some(held) = self.variables.get_mut(&Sought(name)) else {
            let held = Held { value: value.to_vec(), spellings: Vec::new() };
            self.variables.insert(Name::new(name), held);
            return Ok(());
        };
        assign(&mut held.value, value);
        for spelling in &mut held.spellings {
            assign(&mut spelling.value, value);
        }
        Ok(())
    }

    /// Takes over a variable that some environment had, whatever its length; of two with exactly
    /// the same name, the first counts, as for `getenv`.
    fn adopt(&mut self, Variable { name, value }: Variable) {
        if is_internal(&name) {
            return;
        }
        let Some((first, held)) = self.variables.get_key_value_mut(&Sought(&name)) else {
            self.variables.insert(Name::new(&name), Held { value, spellings: Vec::new() });
            return;
        };
        if *first.spelled != *name && held.spellings.iter().all(|spelling| spelling.name != name) {
            held.spellings.push(Variable { name, value });
        }
    }

    /// Every variable, sorted as Windows sorts them: by the folded name, unit by unit.
    pub(super) fn variables(&self) -> Vec<Variable> {
        let mut all = Vec::with_capacity(self.variables.len());
        for (name, held) in &self.variables {
            all.push(Variable { name: name.spelled.to_vec(), value: held.value.clone() });
            all.extend_from_slice(&held.spellings);
        }
        all.sort_unstable_by(|left, right| {
            let [l, r] = [left, right].map(|it| it.name.iter().map(|&unit| fold_unit(unit)));
            l.cmp(r).then_with(|| left.name.cmp(&right.name))
        });
        all
    }
}

impl FromIterator<Variable> for Store {
    fn from_iter<I: IntoIterator<Item = Variable>>(variables: I) -> Self {
        let mut store = Self::default();
        variables.into_iter().for_each(|variable| store.adopt(variable));
        store
    }
}

/// Replaces a value in its place: no allocation where it fits, and no hoard after a long one.
fn assign(place: &mut Vec<u16>, value: &[u16]) {
    place.clear();
    if place.capacity() > 1024 {
        place.shrink_to(value.len());
    }
    place.extend_from_slice(value);
}

/// The process's environment.
static STORE: LazyLock<RwLock<Store>> = LazyLock::new(|| RwLock::new(Store::of_linux()));

fn read() -> RwLockReadGuard<'static, Store> {
    STORE.read().unwrap_or_else(PoisonError::into_inner)
}

/// The store, locked around a `fork`.
pub(crate) struct Frozen {
    _store: RwLockWriteGuard<'static, Store>,
}

/// Keeps the environment as it is, so that a new process finds its lock free.
pub(crate) fn freeze() -> Frozen {
    Frozen { _store: write() }
}

fn write() -> RwLockWriteGuard<'static, Store> {
    STORE.write().unwrap_or_else(PoisonError::into_inner)
}

/// `SetEnvironmentVariable`: sets a variable of this process, or deletes it (`None`); deleting
/// what does not exist is no error.
///
/// A variable that exists keeps the case of its name. That matters to Linux children: a Windows
/// program that sets `Path` must not take `PATH` away from them.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: the name is empty, has a `=` after its first place, is
/// [`INTERNAL_VARIABLE`], or the name or value is longer than [`LONGEST_VALUE`] units or
/// contains a NUL. The old value stays.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-setenvironmentvariablew>
pub fn set(name: &[u16], value: Option<&[u16]>) -> Result<()> {
    write().set(name, value)
}

/// The environment of this process, locked for reading: nobody sets a variable while it lives, so
/// its owner must not, either.
pub struct Reader(RwLockReadGuard<'static, Store>);

impl Reader {
    /// Locks the environment.
    #[must_use]
    pub fn lock() -> Self {
        Self(read())
    }

    /// `GetEnvironmentVariable`: the value of a variable, where it lies.
    ///
    /// # Errors
    /// `ERROR_ENVVAR_NOT_FOUND`: there is no such variable.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-getenvironmentvariablew>
    pub fn value(&self, name: &[u16]) -> Result<&[u16]> {
        self.0.value(name).ok_or(Win32Error::ENVVAR_NOT_FOUND)
    }
}

/// `GetEnvironmentVariable`: shows `reader` the value of a variable where it lies; it must not
/// set variables.
///
/// # Errors
/// As for [`Reader::value`].
pub fn with_value<R>(name: &[u16], reader: impl FnOnce(&[u16]) -> R) -> Result<R> {
    Reader::lock().value(name).map(reader)
}

/// `GetEnvironmentVariable`: a copy of a variable's value.
///
/// # Errors
/// As for [`Reader::value`].
pub fn get(name: &[u16]) -> Result<Vec<u16>> {
    with_value(name, <[u16]>::to_vec)
}

/// `GetEnvironmentStrings`: every variable of this process, sorted by folded name.
#[must_use]
pub fn variables() -> Vec<Variable> {
    read().variables()
}

/// `SetEnvironmentStrings`: replaces the whole environment of this process.
///
/// [`INTERNAL_VARIABLE`] is passed over. Of two variables with the same name, in whatever case,
/// the last one counts.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: a name that no variable can have or that begins with `=` (which is
/// legal for a single variable only), or a NUL in a value. The old environment stays.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-setenvironmentstringsw>
pub fn replace(variables: Vec<Variable>) -> Result<()> {
    let store = Store::replacement(variables)?;
    let old = std::mem::replace(&mut *write(), store);
    // Only here, with the lock released, is the old environment taken apart.
    drop(old);
    Ok(())
}

/// An environment made of another by setting variables, or deleting them (`None`), one after the
/// other; sorted, for a new process to start with.
///
/// # Errors
/// `ERROR_INVALID_PARAMETER`: as for [`set`].
pub fn changed(
    variables: Vec<Variable>,
    changes: impl IntoIterator<Item = (Vec<u16>, Option<Vec<u16>>)>,
) -> Result<Vec<Variable>> {
    let mut store = Store::from_iter(variables);
    for (name, value) in changes {
        store.set(&name, value.as_deref())?;
    }
    Ok(store.variables())
}

/// `ExpandEnvironmentStrings`: replaces each `%NAME%` by the value of the variable.
///
/// What names no variable stays as it is, and so does a `%` without a partner. Values are not
/// expanded in turn.
///
/// # Errors
/// `ERROR_NOT_ENOUGH_MEMORY`: the result would be longer than any string this system takes.
///
/// Reference: <https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-expandenvironmentstringsw>
pub fn expand(source: &[u16]) -> Result<Vec<u16>> {
    let store = read();
    substitute(source, |name| store.value(name))
}

#[cfg(test)]
mod tests {
    use super::{Store, Variable, Win32Error};
    use crate::environment::{INTERNAL_VARIABLE, LONGEST_VALUE};
    use crate::text::{fold_unit, to_wide};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn wide(text: &str) -> Vec<u16> {
        to_wide(text.as_bytes())
    }

    fn store(variables: &[(&str, &str)]) -> Store {
        variables.iter().map(|(n, v)| Variable { name: wide(n), value: wide(v) }).collect()
    }

    fn listed(store: &Store) -> Vec<(String, String)> {
        let text = |units: &[u16]| String::from_utf16(units).unwrap();
        store.variables().iter().map(|v| (text(&v.name), text(&v.value))).collect()
    }

    #[test]
    fn fact_43_names_fold_case_and_keep_their_own() {
        let mut store = store(&[]);
        store.set(&wide("Grüße"), Some(&wide("1"))).unwrap();
        store.set(&wide("GRÜßE"), Some(&wide("2"))).unwrap();
        assert_eq!(store.value(&wide("grüße")), Some(&*wide("2")));
        assert_eq!(listed(&store), [("Grüße".to_owned(), "2".to_owned())]);
        store.set(&wide("gRÜßE"), None).unwrap();
        assert_eq!(store.value(&wide("Grüße")), None);
        store.set(&wide("GRÜßE"), Some(&[])).unwrap();
        assert_eq!(listed(&store), [("GRÜßE".to_owned(), String::new())]);
    }

    #[test]
    fn fact_44_names_that_are_refused_change_nothing() {
        let mut store = store(&[("a", "old")]);
        let long = vec![u16::from(b'x'); LONGEST_VALUE + 1];
        for (name, value) in [
            (wide("a=b"), wide("new")),
            (wide("==C:"), wide("new")),
            (wide(""), wide("new")),
            (wide("a\0b"), wide("new")),
            (wide("a"), wide("n\0w")),
            (wide("a"), long.clone()),
            (long, wide("new")),
            (wide(INTERNAL_VARIABLE), wide("new")),
        ] {
            assert_eq!(store.set(&name, Some(&value)), Err(Win32Error::INVALID_PARAMETER));
        }
        assert_eq!(store.set(&wide("b"), None), Ok(()));
        assert_eq!(listed(&store), [("a".to_owned(), "old".to_owned())]);
        store.set(&wide("A"), Some(&vec![1; LONGEST_VALUE])).unwrap();
        assert_eq!(store.value(&wide("a")).map(<[u16]>::len), Some(LONGEST_VALUE));
        store.set(&wide("=C:"), Some(&wide("C:\\x"))).unwrap();
        assert_eq!(store.value(&wide("=c:")), Some(&*wide("C:\\x")));
    }

    #[test]
    fn spellings_of_linux_are_all_kept_and_change_together() {
        let mut store = store(&[
            ("http_proxy", "l"),
            ("HTTP_PROXY", "u"),
            ("HTTP_PROXY", "again"),
            ("transom_inherit", "9"),
        ]);
        assert_eq!(store.value(&wide("http_proxy")), Some(&*wide("l")));
        assert_eq!(store.value(&wide("HTTP_PROXY")), Some(&*wide("u")));
        assert_eq!(store.value(&wide("Http_Proxy")), Some(&*wide("l")));
        assert_eq!(listed(&store).len(), 2);
        store.set(&wide("Http_Proxy"), Some(&wide("new"))).unwrap();
        for spelling in ["http_proxy", "HTTP_PROXY"] {
            assert_eq!(store.value(&wide(spelling)), Some(&*wide("new")));
        }
        store.set(&wide("http_proxy"), None).unwrap();
        assert_eq!(listed(&store), []);
    }

    #[test]
    fn a_replaced_environment_keeps_the_last_of_two_names() {
        let variables = |pairs: &[(&str, &str)]| -> Vec<Variable> {
            pairs.iter().map(|(n, v)| Variable { name: wide(n), value: wide(v) }).collect()
        };
        let two = variables(&[("A", "1"), ("b", "2"), ("a", "3"), (INTERNAL_VARIABLE, "9")]);
        let store = Store::replacement(two).unwrap();
        assert_eq!(listed(&store), [("a", "3"), ("b", "2")].map(|(n, v)| (n.into(), v.into())));
        for bad in [("=C:", "x"), ("", "x"), ("a=b", "x"), ("a", "\0")] {
            let refused = Store::replacement(variables(&[("A", "1"), bad])).err();
            assert_eq!(refused, Some(Win32Error::INVALID_PARAMETER), "{bad:?}");
        }
    }

    proptest! {
        /// Against the obvious model: a sorted map from the folded name.
        #[test]
        fn the_store_does_what_a_map_does(
            steps in proptest::collection::vec(("[a-cA-CäÄбБ]{1,5}", proptest::option::of(".{0,5}")), 0..60),
        ) {
            let mut store = Store::default();
            let mut model = BTreeMap::<Vec<u16>, (Vec<u16>, Vec<u16>)>::new();
            for (name, value) in &steps {
                let (name, value) = (wide(name), value.as_deref().map(wide));
                let folded: Vec<u16> = name.iter().map(|&unit| fold_unit(unit)).collect();
                prop_assert_eq!(store.value(&name), model.get(&folded).map(|(_, v)| &**v));
                let done = store.set(&name, value.as_deref()).is_ok();
                match value {
                    Some(value) if value.contains(&0) => prop_assert!(!done),
                    Some(value) => {
                        prop_assert!(done);
                        let place = model.entry(folded).or_insert_with(|| (name, Vec::new()));
                        place.1 = value;
                    }
                    None => {
                        prop_assert!(done);
                        model.remove(&folded);
                    }
                }
            }
            let expected: Vec<_> = model.into_values().map(|(name, value)| Variable { name, value }).collect();
            prop_assert_eq!(store.variables(), expected);
        }
    }
}

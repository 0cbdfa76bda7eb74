//! What can be asked of any handle.

use super::{BorrowedHandle, Duplication, ObjectId, ObjectType, OwnedHandle, RemoteHandle};
use crate::error::{Result, Win32Error};
use crate::process::Process;
use transom_kernel::executive::current;
use transom_kernel::handle::{Handle, HandleFlags, PseudoHandle, information, published};

/// Something that has a handle.
///
/// ```
/// use transom::{AsHandle, Event, handle::ObjectType};
/// let event = Event::manual()?;
/// assert_eq!(event.as_raw() % 4, 0); // handles are multiples of 4
/// assert_eq!(event.kind()?, ObjectType::Event);
/// # Ok::<(), transom::Win32Error>(())
/// ```
pub trait AsHandle {
    /// The handle, which stays whose it is.
    fn as_handle(&self) -> BorrowedHandle<'_>;

    /// The number, as Win32 programs hold it in a `HANDLE`.
    fn as_raw(&self) -> isize {
        self.as_handle().kernel().raw()
    }

    /// `GetHandleInformation`: whether children inherit the handle.
    ///
    /// ```
    /// use transom::{AsHandle, Event};
    /// let event = Event::manual()?;
    /// assert!(!event.is_inheritable()?);
    /// event.set_inheritable(true)?;
    /// assert!(event.is_inheritable()?);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: the handle is not open any more.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-gethandleinformation>
    fn is_inheritable(&self) -> Result<bool> {
        Ok(information::flags(self.as_handle().kernel())?.contains(HandleFlags::INHERIT))
    }

    /// `SetHandleInformation`: says whether children inherit the handle.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`: it is a pseudo handle. `ERROR_INVALID_HANDLE`: it is not open any
    /// more.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-sethandleinformation>
    fn set_inheritable(&self, inheritable: bool) -> Result<()> {
        set_flag(self.as_handle(), HandleFlags::INHERIT, inheritable)
    }

    /// `GetHandleInformation`: whether the handle is protected from closing.
    ///
    /// # Errors
    /// As for [`is_inheritable`](Self::is_inheritable).
    fn is_protected(&self) -> Result<bool> {
        let flags = information::flags(self.as_handle().kernel())?;
        Ok(flags.contains(HandleFlags::PROTECT_FROM_CLOSE))
    }

    /// `SetHandleInformation`: protects the handle from closing, also from being closed by
    /// dropping it.
    ///
    /// # Errors
    /// As for [`set_inheritable`](Self::set_inheritable).
    fn set_protected(&self, protected: bool) -> Result<()> {
        set_flag(self.as_handle(), HandleFlags::PROTECT_FROM_CLOSE, protected)
    }

    /// The object's "address": a number that is the same in every process that has a handle to
    /// the object, and no other object's on this machine.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: the handle is not open any more.
    fn object_id(&self) -> Result<ObjectId> {
        information::object_id(self.as_handle().kernel())
    }

    /// `CompareObjectHandles`: whether two handles refer to the same object.
    ///
    /// ```
    /// use transom::{AsHandle, Event};
    /// let (one, other) = (Event::manual()?, Event::manual()?);
    /// assert!(!one.same_object_as(&other)?);
    /// assert!(one.same_object_as(&one.duplicate()?)?);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: one of them is not open any more.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-compareobjecthandles>
    fn same_object_as(&self, other: &dyn AsHandle) -> Result<bool> {
        information::same_object(self.as_handle().kernel(), other.as_handle().kernel())
    }

    /// The object's type.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: the handle is not open any more.
    fn kind(&self) -> Result<ObjectType> {
        match self.as_handle().kernel() {
            Handle::Pseudo(PseudoHandle::CurrentProcess) => Ok(ObjectType::Process),
            Handle::Pseudo(PseudoHandle::CurrentThread) => Ok(ObjectType::Thread),
            Handle::Pseudo(PseudoHandle::Token(_)) => Err(Win32Error::INVALID_HANDLE),
            handle @ Handle::Real(_) => {
                current().table().with(handle, |entry| entry.object.header().kind())
            }
        }
    }

    /// What the handle may do with its object, as specific access rights. A pseudo handle may do
    /// everything.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: the handle is not open any more.
    fn access(&self) -> Result<u32> {
        match self.as_handle().kernel() {
            Handle::Pseudo(_) => Ok(self.kind()?.all_access()),
            handle @ Handle::Real(_) => current().table().with(handle, |entry| entry.access),
        }
    }

    /// How many handles refer to the object, in the tables of all processes that this user may
    /// look at. Nobody's handle being left is what ends an object.
    ///
    /// ```
    /// use transom::{AsHandle, Command, Event};
    /// let event = Event::builder().inheritable(true).create()?;
    /// let child = Command::new("sleep").arg("60").inherit_handles(true).spawn()?;
    /// assert_eq!(event.usage_count()?, 2); // ours and the child's
    /// child.terminate(0)?;
    /// child.wait()?;
    /// assert_eq!(event.usage_count()?, 1);
    /// # Ok::<(), transom::Win32Error>(())
    /// ```
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: the handle is not open any more; and what reading the namespace
    /// directory reports.
    fn usage_count(&self) -> Result<usize> {
        Ok(published::holders(self.object_id()?)?.len())
    }

    /// `DuplicateHandle` within this process, with the same access: a second handle to the same
    /// object, which children do not inherit. [`duplication`](Self::duplication) can do more.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`: the handle is not open any more. `ERROR_NO_SYSTEM_RESOURCES`: the
    /// table is full.
    ///
    /// Reference: <https://learn.microsoft.com/windows/win32/api/handleapi/nf-handleapi-duplicatehandle>
    fn duplicate(&self) -> Result<OwnedHandle> {
        self.duplication().here()
    }

    /// `DuplicateHandle` into another process, with the same access: the value the object has
    /// there, which the other process has to be told. It may be stopped, or not have run yet.
    ///
    /// # Errors
    /// As for [`Duplication::into_process`].
    fn duplicate_into(&self, process: &Process) -> Result<RemoteHandle> {
        self.duplication().into_process(process)
    }

    /// Prepares a duplicate with another access or another inherit flag.
    fn duplication(&self) -> Duplication<'_> {
        Duplication::of(self.as_handle())
    }
}

impl<T: AsHandle + ?Sized> AsHandle for &T {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        (**self).as_handle()
    }
}

fn set_flag(handle: BorrowedHandle<'_>, flag: HandleFlags, set: bool) -> Result<()> {
    let mask = flag.bits().into();
    information::set_flags(handle.kernel(), mask, if set { mask } else { 0 })
}

//! Security structures of the caller's, as the kernel knows them.

use crate::abi::{elements, load};
use std::borrow::Cow;
use std::ffi::c_void;
use transom_kernel::security::{Acl, Dacl, SecurityDescriptor, Sid, of_objects};
use transom_kernel::{Result, Win32Error};
use windows_sys::Win32::Security::{
    ACL, PSECURITY_DESCRIPTOR, SE_DACL_PRESENT, SE_SACL_PRESENT, SE_SELF_RELATIVE,
    SECURITY_ATTRIBUTES, SECURITY_DESCRIPTOR,
};

/// The bytes of an identifier.
///
/// # Safety
/// `sid` is NULL or points to a readable `SID`, as long as its second byte says, that nobody
/// changes during `'a`.
pub(crate) unsafe fn sid_bytes<'a>(sid: *const c_void) -> Result<Cow<'a, [u8]>> {
    // SAFETY: an identifier begins with two bytes.
    let start = unsafe { load(sid.cast::<[u8; 2]>()) }.ok_or(Win32Error::INVALID_SID)?;
    // SAFETY: it is as long as it says.
    Ok(unsafe { elements(sid.cast(), Sid::length_by(start)?) })
}

/// An identifier.
///
/// # Safety
/// As for [`sid_bytes`].
pub(crate) unsafe fn sid(sid: *const c_void) -> Result<Sid> {
    // SAFETY: the same contract.
    Sid::from_bytes(&unsafe { sid_bytes(sid) }?)
}

/// The bytes of a list, free ones at its end included.
///
/// # Safety
/// `acl` is NULL or points to a readable `ACL`, as long as its header says, that nobody changes
/// during `'a`.
pub(crate) unsafe fn acl_bytes<'a>(acl: *const ACL) -> Result<Cow<'a, [u8]>> {
    // SAFETY: a list begins with a header of eight bytes.
    let start = unsafe { load(acl.cast::<[u8; 8]>()) }.ok_or(Win32Error::INVALID_ACL)?;
    // SAFETY: it is as long as it says.
    Ok(unsafe { elements(acl.cast(), Acl::length_by(start)?) })
}

/// The parts of a descriptor, in whichever form it is: pointers into it, or from it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    pub(crate) control: u16,
    pub(crate) owner: *mut c_void,
    pub(crate) group: *mut c_void,
    pub(crate) sacl: *mut ACL,
    pub(crate) dacl: *mut ACL,
}

/// Finds the parts of a descriptor.
///
/// # Safety
/// `descriptor` is NULL or points to a readable descriptor.
pub(crate) unsafe fn parts(descriptor: PSECURITY_DESCRIPTOR) -> Result<Parts> {
    // SAFETY: both forms begin with four bytes.
    let start =
        unsafe { load(descriptor.cast::<[u8; 4]>()) }.ok_or(Win32Error::INVALID_SECURITY_DESCR)?;
    if start[0] != 1 {
        return Err(Win32Error::UNKNOWN_REVISION);
    }
    let control = u16::from_le_bytes([start[2], start[3]]);
    if control & SE_SELF_RELATIVE == 0 {
        // SAFETY: the absolute form is this structure.
        let whole = unsafe { load(descriptor.cast::<SECURITY_DESCRIPTOR>()) }
            .ok_or(Win32Error::INVALID_SECURITY_DESCR)?;
        return Ok(Parts {
            control,
            owner: whole.Owner,
            group: whole.Group,
            sacl: whole.Sacl,
            dacl: whole.Dacl,
        });
    }
    // SAFETY: the self-relative form is five numbers.
    let words =
        unsafe { load(descriptor.cast::<[u32; 5]>()) }.ok_or(Win32Error::INVALID_SECURITY_DESCR)?;
    let at = |offset: u32| match offset {
        0 => std::ptr::null_mut(),
        offset => descriptor.wrapping_byte_add(offset as usize),
    };
    Ok(Parts {
        control,
        owner: at(words[1]),
        group: at(words[2]),
        sacl: at(words[3]).cast(),
        dacl: at(words[4]).cast(),
    })
}

/// A descriptor.
///
/// # Safety
/// `descriptor` is NULL or points to a readable descriptor, whose parts are readable and as long as
/// they say.
pub(crate) unsafe fn descriptor(descriptor: PSECURITY_DESCRIPTOR) -> Result<SecurityDescriptor> {
    // SAFETY: the same contract.
    let parts = unsafe { parts(descriptor) }?;
    let part = |part: *mut c_void| {
        // SAFETY: a part that is there is an identifier.
        (!part.is_null()).then(|| unsafe { sid(part) }).transpose()
    };
    let dacl = if parts.control & SE_DACL_PRESENT == 0 {
        Dacl::Absent
    } else if parts.dacl.is_null() {
        Dacl::Null
    } else {
        // SAFETY: a list that is there is one.
        Dacl::List(Acl::from_bytes(&unsafe { acl_bytes(parts.dacl) }?)?)
    };
    let control = parts.control & !(SE_SELF_RELATIVE | SE_DACL_PRESENT | SE_SACL_PRESENT);
    Ok(SecurityDescriptor { owner: part(parts.owner)?, group: part(parts.group)?, dacl, control })
}

/// What a `SECURITY_ATTRIBUTES` asks for.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    /// Whether the handle is to be inheritable.
    pub(crate) inherit: bool,
    /// The object's descriptor; most have none, and pay for no room.
    pub(crate) descriptor: Option<Box<SecurityDescriptor>>,
}

impl Attributes {
    /// The mode of a file or directory that is made with the descriptor, if it speaks of one.
    ///
    /// # Errors
    /// Those of [`of_objects::mode_of_new`].
    pub(crate) fn mode(&self, is_directory: bool) -> Result<Option<u32>> {
        let mode = |descriptor: &_| of_objects::mode_of_new(descriptor, is_directory);
        self.descriptor.as_deref().map_or(Ok(None), mode)
    }
}

/// What a `SECURITY_ATTRIBUTES` asks for; nothing, for NULL.
///
/// # Safety
/// `attributes` is NULL or points to a readable `SECURITY_ATTRIBUTES`, whose descriptor is as
/// [`descriptor`] wants it.
#[inline]
pub(crate) unsafe fn attributes(attributes: *const SECURITY_ATTRIBUTES) -> Result<Attributes> {
    // SAFETY: the same contract.
    let Some(asked) = (unsafe { load(attributes) }) else { return Ok(Attributes::default()) };
    let inherit = asked.bInheritHandle != 0;
    if asked.lpSecurityDescriptor.is_null() {
        return Ok(Attributes { inherit, descriptor: None });
    }
    // SAFETY: not NULL, so a descriptor.
    let descriptor = unsafe { descriptor(asked.lpSecurityDescriptor) }?;
    Ok(Attributes { inherit, descriptor: Some(Box::new(descriptor)) })
}
